//! Why a study could not be run.

use crate::some_rows::RequestError;
use cartrial_cohort::StudyError;
use cartrial_dataset::DatasetError;
use cartrial_export::ExportError;
use cartrial_findings::FindingsError;
use cartrial_query::QueryError;
use cartrial_report::FileError;
use cartrial_runner::LevelError;
use std::path::PathBuf;

/// Why a study could not be run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The study file or its table is wrong; every mistake is named with its place.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// The environment asks for instructions that this machine does not have.
    #[error(transparent)]
    Level(#[from] LevelError),
    /// Results could not be written or read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The page or a figure could not be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// What was asked in SQL has no answer.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// Results could not be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Some rows cannot be had as was asked.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The standard patient could not be solved.
    #[error("the standard patient could not be solved: {}", cartrial_dataset::status_name(*status))]
    StandardPatient {
        /// How the solve ended.
        status: cartrial_runner::Status,
    },
    /// The run was asked to stop before it had patients.
    #[error("interrupted while candidates were solved, of which nothing is kept")]
    InterruptedEnrolment,
    /// The run was asked to stop, and did so where nothing is lost.
    #[error("interrupted: {done} of {patients} patients are done, in {}", directory.display())]
    Interrupted {
        /// Patients whose rows are in finished files.
        done: u64,
        /// Patients in all.
        patients: u64,
        /// The results directory.
        directory: PathBuf,
    },
    /// What was accumulated from a shard cannot be used.
    #[error("{reason}")]
    Accumulators {
        /// Why not, and what can be done.
        reason: String,
    },
    /// The patients of a sensitivity analysis cannot be drawn.
    #[error("{reason}")]
    NotDrawn {
        /// Why not.
        reason: String,
    },
    /// Subgroups cannot be formed as was asked.
    #[error("{reason}")]
    Subgroups {
        /// Why not, and what can be done.
        reason: String,
    },
    /// Patients cannot be enrolled as the study wants them.
    #[error("{reason}")]
    Calibration {
        /// Why not, and what can be done.
        reason: String,
    },
    /// Shards would be without patients.
    #[error("{shards} shards are more than the study's {patients} patients")]
    TooManyShards {
        /// How many shards there should be.
        shards: u64,
        /// Patients of the study.
        patients: u64,
    },
    /// Without their rows, shards are merged from accumulators, which need whole segments.
    #[error(
        "{shards} shards of {patients} patients are too small to be merged without their rows: a shard has at least {} \
         patients there",
        cartrial_cohort::Shard::SEGMENT
    )]
    ShardsTooSmall {
        /// How many shards there should be.
        shards: u64,
        /// Patients of the study.
        patients: u64,
    },
    /// The patients could not be solved.
    #[error("cannot start worker threads: {reason}")]
    Threads {
        /// What the system says.
        reason: String,
    },
}

impl From<FindingsError> for Error {
    fn from(error: FindingsError) -> Self {
        match error {
            FindingsError::Study(error) => error.into(),
            FindingsError::Dataset(error) => error.into(),
            FindingsError::Run(error) => error.into(),
            FindingsError::StandardPatient { status } => Self::StandardPatient { status },
            FindingsError::NotDrawn => Self::NotDrawn { reason: error.to_string() },
            FindingsError::Interrupted => Self::InterruptedEnrolment,
            FindingsError::Calibration { .. } => Self::Calibration { reason: error.to_string() },
            FindingsError::Subgroups { .. } => Self::Subgroups { reason: error.to_string() },
            FindingsError::Accumulators(_)
            | FindingsError::OtherAccumulators
            | FindingsError::NoAccumulators => Self::Accumulators { reason: error.to_string() },
        }
    }
}

impl From<cartrial_runner::RunError> for Error {
    fn from(error: cartrial_runner::RunError) -> Self {
        let cartrial_runner::RunError::Threads { reason } = error;
        Self::Threads { reason }
    }
}
