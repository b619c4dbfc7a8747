//! Statistics between the arms of a trial.
//!
//! Two designs. **Paired**: every patient has an outcome in every arm (virtual twins), and differences within patients
//! are what is tested. **Independent**: every arm has its own patients (a randomised trial). The first arm is the
//! reference; differences are arm − reference, ratios arm / reference.
//!
//! [`ArmComparison`] takes rows in blocks and hands over a [`ComparisonSummary`] of everything:
//!
//! ```
//! use cartrial_analysis::trial::{ArmComparison, ComparisonPlan, Design, EffectMeasure, Endpoint, EndpointKind};
//!
//! let mut comparison = ArmComparison::new(ComparisonPlan {
//!     design: Design::Paired,
//!     arms: vec!["control".into(), "treated".into()],
//!     endpoints: vec![
//!         Endpoint { name: "peak".into(), kind: EndpointKind::Continuous { column: "peak".into() } },
//!         Endpoint { name: "toxic".into(), kind: EndpointKind::Binary { column: "toxic".into() } },
//!         Endpoint {
//!             name: "relapse".into(),
//!             kind: EndpointKind::TimeToEvent { time: "time".into(), event: "relapsed".into(), horizon: Some(90.0) },
//!         },
//!     ],
//! });
//! assert_eq!(comparison.columns(), ["peak", "toxic", "time", "relapsed"]);
//! // For every arm, a slice of every column; row i is the same patient in both arms (paired design).
//! let control: Vec<&[f64]> = vec![&[5.0, 7.0, 6.0], &[1.0, 1.0, 0.0], &[30.0, 90.0, 50.0], &[1.0, 0.0, 1.0]];
//! let treated: Vec<&[f64]> = vec![&[4.0, 5.0, 5.5], &[0.0, 1.0, 0.0], &[90.0, 90.0, 70.0], &[0.0, 0.0, 1.0]];
//! comparison.extend(&[control, treated]);
//!
//! let summary = comparison.summary();
//! let peak = &summary.entries[0];
//! let difference = peak.effect(EffectMeasure::MeanDifference).expect("three pairs have a mean difference");
//! assert!((difference.estimate + 3.5 / 3.0).abs() < 1e-12);
//! let test = peak.primary_test().and_then(|test| test.result.value()).expect("and a paired t-test");
//! assert!(test.p_value > 0.05);
//! # assert!(serde_json::to_string(&summary).is_ok_and(|json| !json.contains("NaN")));
//! ```
//!
//! The single statistics are functions of their own, below.

mod comparison;
mod draw;
mod entry;
mod holm;
mod kaplan_meier;
mod log_rank;
mod means;
mod paired_binary;
mod plan;
mod power;
mod restricted_mean;
mod result;
mod sample_size;
mod summarise;
mod tally;
mod terms;
mod two_by_two;
mod wilcoxon;
mod wilcoxon_exact;

pub use comparison::ArmComparison;
pub use draw::{Outcomes, TrialSource};
pub use entry::{
    Adjusted, ArmDescription, ComparisonEntry, ComparisonSummary, Description, EffectEntry, EffectValue,
    TestEntry,
};
pub use holm::holm_log10;
pub use kaplan_meier::{KaplanMeier, Step};
pub use log_rank::log_rank;
pub use means::{MeanDifference, paired_t, welch_t};
pub use paired_binary::PairedTable;
pub use plan::{ComparisonPlan, Design, Endpoint, EndpointKind};
pub use power::{Power, PowerEntry, PowerTable, SampleSizeEntry, TrialPlan, trial_power};
pub use restricted_mean::{restricted_mean_difference, restricted_mean_paired};
pub use result::{Effect, NumberNeeded, Test};
pub use sample_size::{SampleSize, sample_size};
pub use terms::{EffectMeasure, EventChange, HypothesisTest, IntervalMethod, OutcomeType, PValueMethod};
pub use two_by_two::{Proportion, TwoByTwo};
pub use wilcoxon::{wilcoxon_rank_sum, wilcoxon_signed_rank};
