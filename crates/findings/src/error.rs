//! Why there are no findings.

use cartrial_cohort::StudyError;
use cartrial_dataset::DatasetError;
use cartrial_runner::Status;

/// Why there are no findings.
#[derive(Debug, thiserror::Error)]
pub enum FindingsError {
    /// The study is wrong.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// The results cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The integrator did not reach the end of the standard patient's follow-up.
    #[error("the standard patient could not be solved: {}", cartrial_dataset::status_name(*status))]
    StandardPatient {
        /// How the solve ended.
        status: Status,
    },
    /// What was accumulated from a shard cannot be read.
    #[error("the accumulators of a shard cannot be read ({0}). Run the shard again.")]
    Accumulators(#[from] postcard::Error),
    /// Rows are not stored, and neither is what was accumulated from them.
    #[error("the results have neither their rows nor accumulators. Run the study again.")]
    NoAccumulators,
    /// What was accumulated belongs to another study.
    #[error("the accumulators of a shard are those of another study. Run the shard again.")]
    OtherAccumulators,
    /// The patients come from a table, so that there is no population to take others from.
    #[error("the patients come from a table, and a sensitivity analysis takes its own from a population")]
    NotDrawn,
    /// Asked to stop while candidates were solved.
    #[error("interrupted while candidates were solved, of which nothing is kept")]
    Interrupted,
    /// Patients cannot be enrolled as the study wants them.
    #[error("population.targets: {reason}. {remedy}")]
    Calibration {
        /// Why not.
        reason: String,
        /// What can be done about it.
        remedy: String,
    },
    /// A condition or column forms no subgroups that could be analysed.
    #[error("{what}: {reason}. {remedy}")]
    Subgroups {
        /// What it is about.
        what: &'static str,
        /// Why not.
        reason: String,
        /// What can be done about it.
        remedy: String,
    },
    /// The patients could not be solved.
    #[error(transparent)]
    Run(#[from] cartrial_runner::RunError),
}
