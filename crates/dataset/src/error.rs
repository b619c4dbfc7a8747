//! What can go wrong with results on disk: each text names the place, the reason and a remedy.

use cartrial_cohort::Shard;
use parquet::errors::ParquetError;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why results could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The file system refused.
    #[error("{}: cannot be {doing}: {reason}.{}", path.display(), remedy.map_or(String::new(), |r| format!(" {r}")))]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was to be done with it.
        doing: &'static str,
        /// Why not, in plain words.
        reason: String,
        /// What can be done about it, if anything.
        remedy: Option<Remedy>,
        /// The same in the system's words.
        source: io::Error,
    },
    /// The directory holds results already, of a complete or an unfinished run.
    #[error(
        "{}: already holds {} ({found}). {}",
        directory.display(),
        if *complete { "results" } else { "an unfinished run" },
        if *resumable { Remedy::ResumeReplaceOrElsewhere } else { Remedy::ReplaceOrElsewhere }
    )]
    HoldsResults {
        /// The directory.
        directory: PathBuf,
        /// What is there.
        found: String,
        /// Whether there is a manifest.
        complete: bool,
        /// Whether there is a journal from which an unfinished run can go on.
        resumable: bool,
    },
    /// Another run is writing to the directory.
    #[error(
        "{}: a run{} is writing to it. Wait until it has ended, or choose another directory.",
        directory.display(),
        process.map_or(String::new(), |process| format!(" (process {process})"))
    )]
    Busy {
        /// The directory.
        directory: PathBuf,
        /// The number of its process, if it is known.
        process: Option<u32>,
    },
    /// The directory holds results of another run than the one to be resumed.
    #[error("{}: holds another run: {differences}. {}", directory.display(), Remedy::ReplaceOrElsewhere)]
    OtherRun {
        /// The directory.
        directory: PathBuf,
        /// Where the two differ.
        differences: String,
    },
    /// The directory holds results that nothing tells the run of.
    #[error(
        "{}: cannot be resumed: there is neither a journal nor a manifest beside its files. {}",
        directory.display(),
        Remedy::ReplaceOrElsewhere
    )]
    NoJournal {
        /// The directory.
        directory: PathBuf,
    },
    /// Results of shards do not add up to those of a study.
    #[error("{}: {reason}. {remedy}", directory.display())]
    NotPieces {
        /// The directory in question.
        directory: PathBuf,
        /// Why not.
        reason: String,
        /// What can be done about it.
        remedy: Remedy,
    },
    /// No results of shards were given.
    #[error("there are no results of shards to merge. {}", Remedy::NameShards)]
    NoPieces,
    /// Something needs rows that are not stored.
    #[error(
        "{}: not all rows and columns are stored. Run the study again with store = \"all\" under [run].",
        directory.display()
    )]
    NotStored {
        /// The directory.
        directory: PathBuf,
    },
    /// A file that is not ours has a name that we need.
    #[error("{}: {reason}, so it is not replaced. {}", path.display(), Remedy::MoveOrElsewhere)]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Why it is left alone.
        reason: &'static str,
    },
    /// Blocks came out of order, or not all of them.
    #[error("patient {found} came where patient {expected} was expected. This is a mistake in the program.")]
    Order {
        /// Id of the patient that was next.
        expected: u64,
        /// Id of the patient that came, or the number after the last.
        found: u64,
    },
    /// There is no manifest.
    #[error("{}: {reason}. {remedy}", directory.display())]
    NotResults {
        /// The directory.
        directory: PathBuf,
        /// What is there instead.
        reason: String,
        /// What can be done about it.
        remedy: Remedy,
    },
    /// A file of the results is not as the manifest has it.
    #[error("{}: {reason}. {remedy}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// What can be done about it.
        remedy: &'static str,
    },
    /// There is no such column, or it has another type.
    #[error("column {name:?}: {reason}. {remedy}")]
    Column {
        /// The column's name.
        name: String,
        /// What is wrong with it.
        reason: String,
        /// What can be done about it.
        remedy: String,
    },
    /// An arm that the study does not have.
    #[error("arm {arm} of {arms}: there is no such arm. Arms are numbered from 0.")]
    Arm {
        /// The number asked for.
        arm: usize,
        /// How many arms there are.
        arms: usize,
    },
    /// A value could not be encoded as Parquet or JSON.
    #[error("{}: cannot be encoded: {reason}. This is a mistake in the program.", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl DatasetError {
    /// A refusal of the file system, explained.
    pub fn io(path: &Path, doing: &'static str, source: io::Error) -> Self {
        // What is read is no file that a run wrote: a pipe, a device, a directory, something endless.
        let is_other = matches!(
            source.kind(),
            ErrorKind::IsADirectory | ErrorKind::InvalidInput | ErrorKind::InvalidData
        );
        if doing == "read" && is_other {
            return Self::damaged(path, source.to_string());
        }
        let (reason, remedy) = match source.kind() {
            ErrorKind::NotFound => ("there is no such file or directory", Remedy::CheckPath),
            ErrorKind::PermissionDenied => ("permission denied", Remedy::PermissionsOrElsewhere),
            ErrorKind::ReadOnlyFilesystem => ("the disk is read-only", Remedy::Elsewhere),
            ErrorKind::StorageFull => ("no space is left on the disk", Remedy::FreeSpace),
            ErrorKind::QuotaExceeded => ("the disk quota is used up", Remedy::FreeSpace),
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
                ("a file stands where a directory is needed", Remedy::Elsewhere)
            }
            ErrorKind::IsADirectory => ("a directory stands where a file is needed", Remedy::MoveDirectory),
            _ => {
                let reason = source.to_string();
                return Self::Io { path: path.into(), doing, reason, remedy: None, source };
            }
        };
        Self::Io { path: path.into(), doing, reason: reason.into(), remedy: Some(remedy), source }
    }

    /// What can be done about it, where that is one of a few things; the text of the error ends with it.
    pub fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Io { remedy, .. } => *remedy,
            Self::HoldsResults { resumable: true, .. } => Some(Remedy::ResumeReplaceOrElsewhere),
            Self::HoldsResults { .. } | Self::OtherRun { .. } | Self::NoJournal { .. } => {
                Some(Remedy::ReplaceOrElsewhere)
            }
            Self::Foreign { .. } => Some(Remedy::MoveOrElsewhere),
            Self::NotResults { remedy, .. } | Self::NotPieces { remedy, .. } => Some(*remedy),
            Self::NoPieces => Some(Remedy::NameShards),
            Self::Busy { .. }
            | Self::NotStored { .. }
            | Self::Order { .. }
            | Self::Damaged { .. }
            | Self::Column { .. }
            | Self::Arm { .. }
            | Self::Encoding { .. } => None,
        }
    }

    /// What went wrong while Parquet was written: the disk, or the encoder.
    pub fn writing(path: &Path, error: ParquetError) -> Self {
        match error {
            ParquetError::External(cause) if cause.is::<io::Error>() => match cause.downcast::<io::Error>() {
                Ok(cause) => Self::io(path, "written", *cause),
                Err(cause) => Self::Encoding { path: path.into(), reason: cause.to_string() },
            },
            other => Self::Encoding { path: path.into(), reason: other.to_string() },
        }
    }

    /// A file of the results that is not as it was written.
    pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::damaged_with(path, reason, "Restore it from a copy, or run the study again.")
    }

    /// The same with another remedy.
    pub(crate) fn damaged_with(path: &Path, reason: impl Into<String>, remedy: &'static str) -> Self {
        Self::Damaged { path: path.into(), reason: in_one_line(reason.into()), remedy }
    }
}

/// What can be done about an error. Its text is a sentence, the last of the error's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Remedy {
    /// The path may be mistyped.
    #[error("Check the path.")]
    CheckPath,
    /// The path names something other than results.
    #[error("Name the directory that a run wrote to.")]
    NameResults,
    /// Results have to go to another directory.
    #[error("Choose another directory.")]
    Elsewhere,
    /// Permissions have to change, or results to go elsewhere.
    #[error("Check its permissions, or choose another directory.")]
    PermissionsOrElsewhere,
    /// What is there may be replaced if the caller says so, or results go elsewhere.
    #[error("Replace it, or choose another directory.")]
    ReplaceOrElsewhere,
    /// What is there may be resumed or replaced if the caller says so, or results go elsewhere.
    #[error("Resume it, replace it, or choose another directory.")]
    ResumeReplaceOrElsewhere,
    /// A file is in the way and not ours to replace.
    #[error("Move it away, or choose another directory.")]
    MoveOrElsewhere,
    /// A directory is in the way of a file.
    #[error("Move the directory away.")]
    MoveDirectory,
    /// The disk is full.
    #[error("Free some space and start again.")]
    FreeSpace,
    /// The run has to be repeated, and to replace what is there.
    #[error("Run the study again.")]
    RunAgain,
    /// The run is to be resumed.
    #[error("Resume the run.")]
    Resume,
    /// The shard is to be run again, and goes on where it was.
    #[error("Run shard {0} again: it goes on from there.")]
    RunShardAgain(Shard),
    /// The path names something other than shards.
    #[error("Name the directory that shards were written to.")]
    NameShards,
    /// Shards have to be merged first.
    #[error("Merge all shards of the study.")]
    MergeFirst,
    /// Some shards have to be run.
    #[error("Run what is missing, and merge again.")]
    RunMissing,
    /// A piece is to be left out.
    #[error("Leave one of them out.")]
    LeaveOneOut,
    /// A directory does not belong to the others.
    #[error("Leave it out, or run it again as a shard of the same study.")]
    LeaveOut,
}

/// A reason that may quote a damaged file, in one line of no great length.
fn in_one_line(reason: String) -> String {
    const LONGEST: usize = 1000;
    if reason.len() <= LONGEST && !reason.contains(char::is_control) {
        return reason;
    }
    let mut line = String::new();
    for c in reason.chars() {
        if line.len() >= LONGEST {
            line.push('…');
            break;
        }
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

/// The name nearest to `name`, if it is near enough.
pub(crate) fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let scored = names.iter().map(|&candidate| (strsim::jaro_winkler(name, candidate), candidate));
    scored
        .filter(|(score, _)| *score > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_damaged_file_says_is_told_in_one_line() {
        let text = |reason: &str| DatasetError::damaged(Path::new("x"), reason).to_string();
        let remedy = "Restore it from a copy, or run the study again.";
        assert_eq!(
            text("has the column \"a\n\u{1b}b\""),
            format!("x: has the column \"a\\n\\u{{1b}}b\". {remedy}")
        );
        assert_eq!(text(&"é".repeat(2000)), format!("x: {}…. {remedy}", "é".repeat(500)));
    }

    #[test]
    fn refusals_of_the_disk_say_what_to_do() {
        let path = Path::new("results/x/patients.parquet");
        let text = |kind: ErrorKind| {
            DatasetError::writing(path, ParquetError::from(io::Error::from(kind))).to_string()
        };
        assert_eq!(
            text(ErrorKind::StorageFull),
            "results/x/patients.parquet: cannot be written: no space is left on the disk. Free some space and start again."
        );
        assert_eq!(
            text(ErrorKind::PermissionDenied),
            "results/x/patients.parquet: cannot be written: permission denied. Check its permissions, or choose another \
             directory."
        );
        assert_eq!(
            DatasetError::io(path, "read", io::Error::other("the cable is loose")).to_string(),
            "results/x/patients.parquet: cannot be read: the cable is loose."
        );
        assert_eq!(
            DatasetError::writing(path, ParquetError::General("too wide".into())).to_string(),
            "results/x/patients.parquet: cannot be encoded: Parquet error: too wide. This is a mistake in the program."
        );
    }
}
