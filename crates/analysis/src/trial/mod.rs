//! Statistics between the arms of a trial.
//!
//! Two designs. **Paired**: every patient has an outcome in every arm (virtual twins), and differences within patients
//! are what is tested. **Independent**: every arm has its own patients (a randomised trial). The first arm is the
//! reference; differences are arm − reference, ratios arm / reference.
//!
//! [`ArmComparison`] accumulates rows in blocks and yields a [`ComparisonSummary`]:
//!
//! ```
//! use cartrial_analysis::trial::{
//!     ArmComparison, ComparedEndpoint, ComparisonPlan, Design, EffectMeasure, EndpointColumns, Resolution,
//! };
//!
//! let endpoint = |name: &str, columns| {
//!     ComparedEndpoint { name: name.into(), columns, resolution: Resolution::Exact }
//! };
//! let mut comparison = ArmComparison::new(ComparisonPlan {
//!     design: Design::Paired,
//!     arms: vec!["control".into(), "treated".into()],
//!     endpoints: vec![
//!         endpoint("peak", EndpointColumns::Continuous { column: "peak".into() }),
//!         endpoint("toxic", EndpointColumns::Binary { column: "toxic".into() }),
//!         endpoint("relapse", EndpointColumns::TimeToEvent {
//!             time: "time".into(),
//!             event: "relapsed".into(),
//!             horizon: Some(90.0),
//!         }),
//!     ],
//!     weight: None,
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

mod arm_comparison;
mod benefit_risk;
mod comparison_plan;
mod comparison_summary;
mod effect;
mod endpoint_accumulator;
mod endpoint_comparisons;
mod holm;
mod independent_proportions;
mod kaplan_meier;
mod log_rank;
mod outcome_data;
mod paired_proportions;
mod pareto;
mod patient_pool;
mod power_simulation;
mod restricted_mean;
mod sample_size;
mod score_interval;
mod stratum;
mod t_tests;
mod terms;
mod test_result;
mod trial_sampler;
mod weighted_benefit_risk;
mod weighted_comparisons;
mod wilcoxon;
mod wilcoxon_exact;

pub use arm_comparison::{ArmComparison, ComparisonMoments};
pub use benefit_risk::{
    BenefitRisk, BenefitRiskColumns, BenefitRiskCounts, BenefitRiskEstimates, BenefitRiskGroup,
};
pub use comparison_plan::{ComparedEndpoint, ComparisonPlan, Design, EndpointColumns, Resolution};
pub use comparison_summary::{
    Adjusted, ArmDescription, ComparisonEntry, ComparisonSummary, Description, EffectValue, ReportedEffect,
    ReportedTest,
};
pub use effect::{Effect, NumberNeeded};
pub use holm::holm_adjusted_log10_p;
pub(crate) use independent_proportions::newcombe_interval;
pub use independent_proportions::{ContingencyTable, Proportion};
pub use kaplan_meier::{KaplanMeier, SurvivalStep};
pub(crate) use kaplan_meier::{complete as complete_times, log_log};
pub use log_rank::log_rank;
pub use outcome_data::OutcomeData;
pub use paired_proportions::PairedContingencyTable;
pub use pareto::{RiskAndBenefit, pareto_front};
pub use patient_pool::PatientPool;
pub use power_simulation::{
    Power, PowerAnalysis, PowerAtSize, PowerSimulation, SizeForPower, simulated_power,
};
pub use restricted_mean::{restricted_mean_difference, restricted_mean_paired};
pub use sample_size::{SampleSize, sample_size};
pub use t_tests::{MeanDifference, paired_t, welch_t};
pub(crate) use t_tests::{paired_of_moments, welch_of_moments};
pub use terms::{EffectMeasure, EventChange, HypothesisTest, IntervalMethod, OutcomeType, PValueMethod};
pub use test_result::TestResult;
pub use weighted_benefit_risk::WeightedBenefitRisk;
pub use wilcoxon::{wilcoxon_rank_sum, wilcoxon_signed_rank};
