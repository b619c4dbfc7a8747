//! What a virtual trial finds.
//!
//! [`StudyAnalysis`] turns the rows of a study into its [`StudySummary`], which is `summary.json`: it decides which
//! predictors the toxicity is regressed on, which outcomes the arms are compared in, and for which the size of a trial is
//! estimated. [`reproduction`] repeats the study of Hanson et al. (2016) and asks what its 200 patients could show.
//!
//! This crate knows what is asked of a trial and holds the answers as plain data. It knows nothing of pictures, pages,
//! tables or the command line, and leaves the mathematics of every statistic to `cartrial-analysis`.

#![forbid(unsafe_code)]

pub mod calibration;
pub mod credibility;
mod error;
pub mod reproduction;
pub mod sensitivity;
mod study_accumulators;
mod study_analysis;
mod study_findings;
mod study_histograms;
pub mod subgroups;
mod sweep_analysis;
mod trial_analysis;

pub use error::FindingsError;
pub use study_accumulators::StudyAccumulators;
pub use study_analysis::{RegressionSample, StudyAnalysis, StudySummary, WeightSummary};
pub use study_findings::{Comparison, StudyFindings};
pub use study_histograms::StudyHistograms;
pub use sweep_analysis::{
    ArmBenefitRisk, BenefitRiskFindings, Level, StratumFindings, SweepFindings, SweptArm,
};
pub use trial_analysis::{TrialAnalysis, TrialSummary, design};

/// The result of looking for findings.
pub type Result<T, E = FindingsError> = std::result::Result<T, E>;
