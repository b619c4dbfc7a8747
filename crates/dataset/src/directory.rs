//! Which files of a directory are results, and ours.

use crate::Result;
use crate::error::DatasetError;
use crate::journal::JOURNAL;
use crate::manifest::Manifest;
use crate::part;
use crate::part_file::PartFile;
use crate::staged::is_temporary_of;
use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const SUMMARY: &str = "summary.json";
pub(crate) const DICTIONARY: &str = "dictionary.json";
/// The patient table of a small cohort.
pub(crate) const PATIENTS: &str = "patients.parquet";
/// The directory with the parts of a large one's.
pub(crate) const PARTS: &str = "patients";
/// What was accumulated from the rows of a shard.
pub(crate) const ACCUMULATORS: &str = "accumulators.bin";
/// The courses of some patients.
pub(crate) const TRAJECTORIES: &str = "trajectories.parquet";
/// Files beside the patient table that are made from it, and are wrong as soon as it changes.
const MADE_FROM_IT: [&str; 9] = [
    SUMMARY,
    DICTIONARY,
    ACCUMULATORS,
    TRAJECTORIES,
    "report.html",
    "credibility.json",
    "credibility.html",
    "subgroups.json",
    "subgroups.html",
];

/// The files of results that are in a directory.
pub(crate) struct Found {
    pub manifest: Option<PathBuf>,
    pub journal: Option<PathBuf>,
    pub tables: Vec<PathBuf>,
    others: Vec<PathBuf>,
    /// What a run left behind that ended in the middle of a file.
    temporaries: Vec<PathBuf>,
}

/// The name of a part by its number, from the results directory.
pub(crate) fn part_name(number: u64) -> String {
    format!("{PARTS}/part-{number:05}.parquet")
}

/// Whether a name is one that a file of a patient table can have, from the results directory.
pub(crate) fn is_table(name: &str) -> bool {
    name == PATIENTS || name.strip_prefix("patients/").is_some_and(is_part)
}

/// Whether a name is `part-<digits>.parquet`.
fn is_part(name: &str) -> bool {
    let digits = name.strip_prefix("part-").and_then(|rest| rest.strip_suffix(".parquet"));
    digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
}

/// Refuses a directory with a file of a patient table that is not among `files`: who reads all there is, reads too much.
pub(crate) fn check_tables(directory: &Path, files: &[PartFile]) -> Result<()> {
    let named = paths(directory, files);
    match Found::in_directory(directory)?.tables.into_iter().find(|path| !named.contains(path)) {
        Some(path) => Err(DatasetError::Damaged {
            path,
            reason: "does not belong to these results: the manifest does not name it".into(),
            remedy: "Move it away.",
        }),
        None => Ok(()),
    }
}

/// Where those files are.
pub(crate) fn paths<'a>(directory: &Path, files: impl IntoIterator<Item = &'a PartFile>) -> HashSet<PathBuf> {
    files.into_iter().map(|file| directory.join(&file.path)).collect()
}

impl Found {
    pub fn in_directory(directory: &Path) -> Result<Self> {
        let present = |name: &str| Some(directory.join(name)).filter(|path| path.symlink_metadata().is_ok());
        let parts = directory.join(PARTS);
        let mut found = Self {
            manifest: present(MANIFEST),
            journal: present(JOURNAL),
            tables: present(PATIENTS).into_iter().collect(),
            others: MADE_FROM_IT.iter().filter_map(|name| present(name)).collect(),
            temporaries: Vec::new(),
        };
        for (path, name) in entries(directory)? {
            let ours = [MANIFEST, JOURNAL, PATIENTS].iter().chain(&MADE_FROM_IT);
            if ours.clone().any(|of| is_temporary_of(&name, of)) {
                found.temporaries.push(path);
            }
        }
        for (path, name) in entries(&parts)? {
            if is_part(&name) {
                found.tables.push(path);
            } else if is_temporary_of(&name, "part-") {
                found.temporaries.push(path);
            }
        }
        found.tables.sort();
        Ok(found)
    }

    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    fn all(&self) -> impl Iterator<Item = &PathBuf> {
        self.manifest.iter().chain(&self.journal).chain(&self.tables).chain(&self.others)
    }

    /// The refusal to touch what is there.
    pub fn refusal(&self, directory: &Path) -> DatasetError {
        const SHOWN: usize = 3;
        let name = |path: &PathBuf| path.strip_prefix(directory).unwrap_or(path).display().to_string();
        let mut names: Vec<_> = self.all().take(SHOWN).map(name).collect();
        let more = self.all().count() - names.len();
        if more > 0 {
            names.push(format!("{more} more"));
        }
        let complete = self.manifest.is_some();
        let resumable = self.journal.is_some() && !complete;
        DatasetError::HoldsResults {
            directory: directory.into(),
            found: names.join(", "),
            complete,
            resumable,
        }
    }

    /// Refuses to replace anything that this program did not write, or that the cohort comes from.
    pub fn check_ours(&self, cohort_table: Option<&Path>) -> Result<()> {
        for path in self.manifest.iter().chain(&self.journal) {
            if !Manifest::is_ours(path) {
                return foreign(path, "was not written by cartrial");
            }
        }
        self.check_tables_ours(cohort_table, &HashSet::new())?;
        match self.others.first() {
            Some(path) if self.manifest.is_none() && self.journal.is_none() && self.tables.is_empty() => {
                foreign(path, "stands there without any results")
            }
            _ => Ok(()),
        }
    }

    /// As [`Self::check_ours`], for the files of the patient table; those that are `known` to be ours may be damaged.
    pub fn check_tables_ours(&self, cohort_table: Option<&Path>, known: &HashSet<PathBuf>) -> Result<()> {
        let cohort_table = cohort_table.and_then(|file| file.canonicalize().ok());
        for path in &self.tables {
            if cohort_table.is_some() && path.canonicalize().ok() == cohort_table {
                return foreign(path, "is the table that the cohort comes from");
            }
            if !known.contains(path) && !part::is_ours(path) {
                return foreign(path, "was not written by cartrial");
            }
        }
        Ok(())
    }

    /// Removes everything but manifest, journal, and the tables that are to stay.
    pub fn remove_all_but(&self, stay: &HashSet<PathBuf>) -> Result<()> {
        for path in self.tables.iter().filter(|path| !stay.contains(*path)).chain(&self.others) {
            remove(path)?;
        }
        Ok(())
    }

    /// Removes what interrupted runs left of files that they had not finished. Nobody else may be writing.
    pub fn remove_temporaries(&self) {
        for path in &self.temporaries {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_file(path);
        }
    }
}

fn foreign(path: &Path, reason: &'static str) -> Result<()> {
    Err(DatasetError::Foreign { path: path.into(), reason })
}

/// Removes a file that may be gone already.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(DatasetError::io(path, "removed", e)),
        _ => Ok(()),
    }
}

/// Paths and names in a directory; none if it is not there, or no directory.
fn entries(directory: &Path) -> Result<Vec<(PathBuf, String)>> {
    let unreadable = |e| DatasetError::io(directory, "read", e);
    let named = |entry: fs::DirEntry| (entry.path(), entry.file_name().to_string_lossy().into_owned());
    match fs::read_dir(directory) {
        Ok(entries) => entries.map(|entry| entry.map(named).map_err(unreadable)).collect(),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(e) => Err(unreadable(e)),
    }
}
