//! Why a study could not be run.

use cartrial_cohort::StudyError;
use cartrial_dataset::DatasetError;
use cartrial_findings::FindingsError;
use cartrial_report::FileError;
use cartrial_runner::LevelError;

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
    /// The standard patient could not be solved.
    #[error("the standard patient could not be solved: {}", cartrial_dataset::status_name(*status))]
    StandardPatient {
        /// How the solve ended.
        status: cartrial_runner::Status,
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
        }
    }
}

impl From<cartrial_runner::RunError> for Error {
    fn from(error: cartrial_runner::RunError) -> Self {
        let cartrial_runner::RunError::Threads { reason } = error;
        Self::Threads { reason }
    }
}
