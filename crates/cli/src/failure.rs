//! How a command can fail, what it then says, and its exit code.

use cartrial::Error;
use cartrial_cohort::{Override, OverrideConnection, Problem, StudyError};
use cartrial_dataset::{DatasetError, Remedy};
use cartrial_findings::FindingsError;
use cartrial_report::reproduction::ReproductionError;
use cartrial_report::{FigureError, FileError};
use cartrial_runner::LevelError;
use std::fmt;
use std::io::ErrorKind;
use std::process::ExitCode;

const OTHER_DIRECTORY: &str = "Choose another directory with --out.";
const RUN_AGAIN: &str = "Run the study again with --force.";

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
                for (i, problem) in error.problems.iter().enumerate() {
                    let separator = if i == 0 { "" } else { "\n" };
                    write!(f, "{separator}error: {}", with_arguments(problem))?;
                    if let Some(span) = &problem.span {
                        quote(f, &error.source_text, span)?;
                    }
                }
                Ok(())
            }
            Self::Input(text) | Self::TooManyFailed(text) | Self::Other(text) => write!(f, "error: {text}"),
            Self::Interrupted { text, .. } => f.write_str(text),
        }
    }
}

/// The problem in the words of the command line: values given beside the study file are arguments there.
fn with_arguments(problem: &Problem) -> Problem {
    let mut problem = problem.clone();
    match problem.connection {
        Some(OverrideConnection::Given(given)) => {
            for text in [&mut problem.key, &mut problem.reason, &mut problem.remedy] {
                *text = text.replace(given.key(), argument(given));
            }
        }
        Some(OverrideConnection::CouldBeGiven(value)) => {
            let remedy = problem.remedy.trim_end_matches('.');
            problem.remedy = format!("{remedy}, or give {} {}.", argument(value), example(value));
        }
        None => {}
    }
    problem
}

/// The argument with which a value is given beside the study file.
fn argument(value: Override) -> &'static str {
    match value {
        Override::Patients => "--patients",
        Override::Seed => "--seed",
        Override::Days => "--days",
    }
}

/// A value for that argument.
fn example(value: Override) -> &'static str {
    match value {
        Override::Patients => "200",
        Override::Seed => "1",
        Override::Days => "30",
    }
}

/// Shows the line of `source` that `span` begins in, with the span underlined.
fn quote(f: &mut fmt::Formatter<'_>, source: &str, span: &std::ops::Range<usize>) -> fmt::Result {
    let Some(before) = source.get(..span.start) else { return Ok(()) };
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = source[start..].lines().next().unwrap_or_default();
    // What is not written by hand is not read either.
    const LONGEST: usize = 1000;
    if line.len() > LONGEST {
        return Ok(());
    }
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
        use DatasetError::{
            Busy, Damaged, Foreign, HoldsResults, Io, NoJournal, NotPieces, NotResults, NotStored, OtherRun,
        };
        match &error {
            Busy { .. }
            | Damaged { .. }
            | Foreign { .. }
            | HoldsResults { .. }
            | NoJournal { .. }
            | NotPieces { .. }
            | NotResults { .. }
            | NotStored { .. }
            | OtherRun { .. } => Self::Input(advised(&error)),
            Io { source, .. } if is_in_the_way(source.kind()) => Self::Input(advised(&error)),
            _ => Self::Other(advised(&error)),
        }
    }
}

/// The error's text, with a remedy that names the arguments to give.
fn advised(error: &DatasetError) -> String {
    let text = error.to_string();
    let Some(remedy) = error.remedy() else { return text };
    let advice = match remedy {
        Remedy::Elsewhere => OTHER_DIRECTORY,
        Remedy::PermissionsOrElsewhere => "Check its permissions, or choose another directory with --out.",
        Remedy::ReplaceOrElsewhere => "Give --force to replace it, or another directory with --out.",
        Remedy::ResumeReplaceOrElsewhere => {
            "Give --resume to go on with it, --force to replace it, or another directory with --out."
        }
        Remedy::MoveOrElsewhere => "Move it away, or choose another directory with --out.",
        Remedy::RunAgain => RUN_AGAIN,
        Remedy::Resume => "Go on with it: run the study with --resume.",
        Remedy::MergeFirst => "Put all shards together with cartrial merge.",
        Remedy::RunMissing => "Run what is missing with --shard, and merge again.",
        Remedy::CheckPath
        | Remedy::NameResults
        | Remedy::MoveDirectory
        | Remedy::FreeSpace
        | Remedy::NameShards
        | Remedy::RunShardAgain(_)
        | Remedy::LeaveOut
        | Remedy::LeaveOneOut => return text,
    };
    text.strip_suffix(&remedy.to_string())
        .map_or_else(|| text.clone(), |problem| format!("{problem}{advice}"))
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let text = format!("{error}. {OTHER_DIRECTORY}");
        match error {
            FileError::Unwritable { source, .. } if is_in_the_way(source.kind()) => Self::Input(text),
            FileError::Unwritable { .. } => Self::Other(text),
            FileError::Png { .. } | FileError::Json { .. } => Self::Other(error.to_string()),
        }
    }
}

impl From<FigureError> for Failure {
    fn from(error: FigureError) -> Self {
        Self::Other(format!("figure trajectory: {error}"))
    }
}

impl From<ReproductionError> for Failure {
    fn from(error: ReproductionError) -> Self {
        match error {
            ReproductionError::File(error) => error.into(),
            ReproductionError::Foreign { .. } => Self::Input(format!("{error}. {OTHER_DIRECTORY}")),
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
            Error::Interrupted { .. } => Self::Other(error.to_string()),
            Error::Accumulators { reason } => Self::Input(reason),
            Error::TooManyShards { .. } => Self::Input(format!("{error}. Give fewer.")),
            Error::ShardsTooSmall { .. } => {
                Self::Input(format!("{error}. Give fewer, or write store = \"all\" under [run]."))
            }
            Error::StandardPatient { .. } => Self::TooManyFailed(error.to_string()),
            Error::Threads { .. } => Self::Other(format!("{error}; try fewer with --threads")),
        }
    }
}
