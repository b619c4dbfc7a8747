//! How a command can fail, what it then says, and its exit code.

use cartrial::{Error, ExportError, Wording};
use cartrial_cohort::StudyError;
use cartrial_dataset::DatasetError;
use cartrial_findings::FindingsError;
use cartrial_query::QueryError;
use cartrial_report::{FigureError, FileError, PageDirectoryError};
use cartrial_runner::LevelError;
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

/// What is typed on the command line.
const WORDING: Wording = Wording {
    out: "--out",
    replace: "--force",
    resume: "--resume",
    shard: "--shard",
    merge: "cartrial merge",
    threads: "--threads",
    patients: "--patients",
    seed: "--seed",
    days: "--days",
    first: "--first",
    forms: "--as",
    format: "--format",
    layout: "--layout",
    columns: "--columns",
    condition: "--where",
    by: "--by",
    assignment: " ",
    build_with_query: "Build it with `cargo build --release --features query`.",
};

/// Why a command did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The study file, its table or the arguments are wrong. Exit code 2.
    Study(Box<StudyError>),
    /// Something else that was typed is wrong. Exit code 2.
    Input(String),
    /// Done, but too many patients failed. Exit code 3.
    TooManyFailed(String),
    /// A signal ended the run where nothing is lost. Exit code 128 and the signal's number.
    Interrupted {
        /// What is done, and how to go on.
        text: String,
        /// The exit code.
        code: u8,
    },
    /// Anything else: disk, permissions. Exit code 1.
    Other(String),
}

impl Failure {
    /// A file stands where one is to be written.
    pub fn occupied(path: &Path) -> Self {
        let path = path.display();
        Self::Input(format!(
            "{path}: is there already. Give --force to replace it, or another file with --out."
        ))
    }

    /// As documented in the help of `run`.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Study(_) | Self::Input(_) => 2,
            Self::TooManyFailed(_) => 3,
            Self::Interrupted { code, .. } => *code,
            Self::Other(_) => 1,
        })
    }
}

/// Whether a file stands where a directory was named: no disk can help that.
fn is_in_the_way(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::AlreadyExists | ErrorKind::NotADirectory)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Study(error) => {
                for (i, text) in WORDING.problems(error).iter().enumerate() {
                    let separator = if i == 0 { "" } else { "\n" };
                    write!(f, "{separator}error: {text}")?;
                }
                Ok(())
            }
            Self::Input(text) | Self::TooManyFailed(text) | Self::Other(text) => write!(f, "error: {text}"),
            Self::Interrupted { text, .. } => f.write_str(text),
        }
    }
}

impl From<StudyError> for Failure {
    fn from(error: StudyError) -> Self {
        Self::Study(Box::new(error))
    }
}

impl From<LevelError> for Failure {
    fn from(error: LevelError) -> Self {
        Self::Input(WORDING.level(&error))
    }
}

impl From<DatasetError> for Failure {
    fn from(error: DatasetError) -> Self {
        use DatasetError::{
            Busy, Column, Damaged, Foreign, HoldsResults, Io, NoJournal, NoPieces, NotPieces, NotResults,
            NotStored, OtherRun,
        };
        match &error {
            Busy { .. }
            | Column { .. }
            | Damaged { .. }
            | Foreign { .. }
            | HoldsResults { .. }
            | NoJournal { .. }
            | NoPieces
            | NotPieces { .. }
            | NotResults { .. }
            | NotStored { .. }
            | OtherRun { .. } => Self::Input(WORDING.dataset(&error)),
            Io { source, .. } if is_in_the_way(source.kind()) => Self::Input(WORDING.dataset(&error)),
            _ => Self::Other(WORDING.dataset(&error)),
        }
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Dataset(error) => error.into(),
            QueryError::NotBuilt | QueryError::Asked { .. } => Self::Input(WORDING.query(&error)),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let text = WORDING.file(&error);
        match error {
            FileError::Unwritable { source, .. } if is_in_the_way(source.kind()) => Self::Input(text),
            FileError::Unwritable { .. } => Self::Other(text),
            FileError::Png { .. } | FileError::Json { .. } => Self::Other(text),
        }
    }
}

impl From<FigureError> for Failure {
    fn from(error: FigureError) -> Self {
        Self::Other(format!("figure trajectory: {error}"))
    }
}

impl From<PageDirectoryError> for Failure {
    fn from(error: PageDirectoryError) -> Self {
        match error {
            PageDirectoryError::File(error) => error.into(),
            PageDirectoryError::Foreign { .. } => Self::Input(format!("{error}. {}", WORDING.elsewhere())),
        }
    }
}

impl From<FindingsError> for Failure {
    fn from(error: FindingsError) -> Self {
        Error::from(error).into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Study(error) => error.into(),
            Error::Level(error) => error.into(),
            Error::Dataset(error) => error.into(),
            Error::File(error) => error.into(),
            Error::Interrupted { .. } | Error::InterruptedEnrolment => Self::Other(error.to_string()),
            Error::Query(error) => error.into(),
            Error::Export(ExportError::Dataset(error)) => error.into(),
            Error::Accumulators { reason } | Error::Calibration { reason } | Error::NotDrawn { reason } => {
                Self::Input(reason)
            }
            Error::Export(_)
            | Error::Request(_)
            | Error::Subgroups { .. }
            | Error::TooManyShards { .. }
            | Error::ShardsTooSmall { .. } => Self::Input(WORDING.error(&error)),
            Error::StandardPatient { .. } => Self::TooManyFailed(error.to_string()),
            Error::Threads { .. } => Self::Other(WORDING.error(&error)),
        }
    }
}
