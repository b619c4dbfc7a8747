//! How a command can fail, what it then says, and its exit code.

use cartrial_cohort::StudyError;
use cartrial_dataset::DatasetError;
use cartrial_findings::FindingsError;
use cartrial_runner::LevelError;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::ExitCode;

/// Why a command did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The study file, its table or the arguments are wrong. Exit code 2.
    Study(Box<StudyError>),
    /// Something else that was typed is wrong. Exit code 2.
    Input(String),
    /// Done, but too many patients failed. Exit code 3.
    TooManyFailed(String),
    /// Anything else: disk, permissions. Exit code 1.
    Other(String),
}

impl Failure {
    /// 1, 2 or 3, as documented in the help of `run`.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Study(_) | Self::Input(_) => 2,
            Self::TooManyFailed(_) => 3,
            Self::Other(_) => 1,
        })
    }
}

impl Failure {
    /// The file system refused to let `path` be written.
    pub fn unwritable(path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            kind if is_in_the_way(kind) => "a file stands where a directory is needed".to_owned(),
            ErrorKind::IsADirectory => "a directory stands where a file is needed".to_owned(),
            ErrorKind::NotFound => "there is no such directory".to_owned(),
            ErrorKind::PermissionDenied => "permission denied".to_owned(),
            ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
            ErrorKind::StorageFull => "no space is left on the disk".to_owned(),
            _ => error.to_string(),
        };
        let shown = path.display();
        let text = format!("{shown}: cannot be written: {reason}. Choose another directory with --out.");
        if is_in_the_way(error.kind()) { Self::Input(text) } else { Self::Other(text) }
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
                for (i, problem) in error.problems.iter().enumerate() {
                    let separator = if i == 0 { "" } else { "\n" };
                    write!(f, "{separator}error: {problem}")?;
                    if let Some(span) = &problem.span {
                        quote(f, &error.source_text, span)?;
                    }
                }
                Ok(())
            }
            Self::Input(text) | Self::TooManyFailed(text) | Self::Other(text) => write!(f, "error: {text}"),
        }
    }
}

/// Shows the line of `source` that `span` begins in, with the span underlined.
fn quote(f: &mut fmt::Formatter<'_>, source: &str, span: &std::ops::Range<usize>) -> fmt::Result {
    let Some(before) = source.get(..span.start) else { return Ok(()) };
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = source[start..].lines().next().unwrap_or_default();
    let number = before.matches('\n').count() + 1;
    let indent = source[start..span.start].chars().count();
    let length =
        source.get(span.clone()).and_then(|s| s.lines().next()).map_or(1, |s| s.chars().count().max(1));
    let margin = " ".repeat(number.to_string().len());
    write!(f, "\n {number} | {line}\n {margin} | {}{}", " ".repeat(indent), "^".repeat(length))
}

impl From<StudyError> for Failure {
    fn from(error: StudyError) -> Self {
        Self::Study(Box::new(error))
    }
}

impl From<LevelError> for Failure {
    fn from(error: LevelError) -> Self {
        Self::Input(format!("{error}."))
    }
}

impl From<DatasetError> for Failure {
    fn from(error: DatasetError) -> Self {
        use DatasetError::{Foreign, HoldsResults, Io, NotResults};
        match &error {
            HoldsResults { .. } | Foreign { .. } | NotResults { .. } => Self::Input(error.to_string()),
            Io { source, .. } if is_in_the_way(source.kind()) => Self::Input(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<FindingsError> for Failure {
    fn from(error: FindingsError) -> Self {
        match error {
            FindingsError::Study(error) => error.into(),
            FindingsError::Dataset(error) => error.into(),
            FindingsError::Threads(error) => error.into(),
            FindingsError::StandardPatient { .. } => Self::TooManyFailed(error.to_string()),
            FindingsError::IncompleteStudy { .. } => {
                Self::Other(format!("{error}. Run the study again with --force."))
            }
        }
    }
}

impl From<rayon::ThreadPoolBuildError> for Failure {
    fn from(error: rayon::ThreadPoolBuildError) -> Self {
        Self::Other(format!("cannot start worker threads: {error}; try fewer with --threads"))
    }
}
