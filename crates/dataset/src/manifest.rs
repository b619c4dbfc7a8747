//! The manifest: what was run, what came out, and what proves it. Written last, it makes results complete.

use crate::Result;
use crate::bounded::read_bounded;
use crate::column::Column;
use crate::directory::{ACCUMULATORS, MANIFEST, is_table};
use crate::error::{DatasetError, Remedy};
use crate::file_hash::FileHash;
use crate::first_failures::FailedSolve;
use crate::hash::ContentHash;
use crate::identity::{CohortSource, Program, RunIdentity, check_format, is_ours};
use crate::journal::JournalEntries;
use crate::lock::DirectoryLock;
use crate::pieces::Pieces;
use crate::row_counts::RowCounts;
use crate::sealed::{is_sealed, seal};
use crate::staged::write_file;
use crate::status::{STATUSES, by_name, status_name};
use cartrial_cohort::{Allocation, Shard, Store, Study};
use cartrial_model::Quantity;
use cartrial_runner::Status;
use rayon::prelude::*;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

/// What was run, what came out, and what proves it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `cartrial-results`.
    pub format: String,
    /// Version of the form on disk.
    pub format_version: u64,
    /// The program that wrote the results.
    pub program: Program,
    /// The study with every default filled in.
    #[serde(serialize_with = "sorted_by_key")]
    pub study: Study,
    /// Where the patients came from.
    pub cohort: CohortSource,
    /// Names of the arms, in order.
    pub arms: Vec<String>,
    /// Which piece of the study's patients it has; nothing if all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Id of the first patient.
    pub first_patient: u64,
    /// Number of patients.
    pub patients: u64,
    /// Rows: one for every patient and arm that it is in.
    pub rows: u64,
    /// The files of the patient table, in order.
    pub files: Vec<PartFile>,
    /// What was accumulated from the rows, where these are those of a shard or not all stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accumulators: Option<AccumulatorFile>,
    /// What the files of the patient table cannot say, where not all of it is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_stored: Option<NotStored>,
    /// Draws that no patient can have, which were corrected.
    pub corrections: Corrections,
    /// Solves that failed.
    pub failures: Failures,
    /// Steps of the integrator in all, accepted and rejected.
    pub steps: u64,
    /// How long the run took and on which machine. It differs from run to run and is not part of the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<Value>,
    /// Identifies the rows of the patient table.
    pub content_hash: ContentHash,
}

/// Writes the keys of every object in alphabetical order, so that the file does not depend on the order of the fields.
fn sorted_by_key<S: Serializer>(study: &Study, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::to_value(study).map_err(S::Error::custom)?.serialize(serializer)
}

/// A file of the patient table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartFile {
    /// Its path, from the results directory.
    pub path: String,
    /// Id of its first patient.
    pub first_patient: u64,
    /// Number of patients in it.
    pub patients: u64,
    /// Number of its rows.
    pub rows: u64,
    /// Identifies its rows; those of all files add up to that of the table.
    pub content_hash: ContentHash,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Identifies the file, byte for byte.
    pub file_hash: FileHash,
}

/// What the files of the patient table cannot say, where not all of it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NotStored {
    /// What is counted about all rows.
    pub counts: RowCounts,
    /// Every column.
    pub columns: Vec<Column>,
}

/// The file `accumulators.bin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccumulatorFile {
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Identifies the file, byte for byte.
    pub file_hash: FileHash,
}

impl PartFile {
    /// Refuses a file in `directory` that is not, byte for byte, as it was written.
    pub(crate) fn check(&self, directory: &Path) -> Result<()> {
        check_bytes(&directory.join(&self.path), self.bytes, self.file_hash)
    }
}

/// Refuses a file that has other bytes than were written.
fn check_bytes(path: &Path, expected_bytes: u64, expected: FileHash) -> Result<()> {
    let (hash, bytes) = match FileHash::of_file(path) {
        Ok(found) => found,
        Err(e) if e.kind() == ErrorKind::NotFound => return Err(missing(path)),
        Err(e) => return Err(DatasetError::io(path, "read", e)),
    };
    let reason = if bytes != expected_bytes {
        format!("has {bytes} bytes, and {expected_bytes} were written")
    } else if hash != expected {
        format!("has been changed: its hash is {hash}, and {expected} was written")
    } else {
        return Ok(());
    };
    Err(DatasetError::damaged(path, reason))
}

/// A file of the patient table that is not there.
pub(crate) fn missing(path: &Path) -> DatasetError {
    DatasetError::damaged(path, "is missing, though it belongs to these results")
}

/// Draws that no patient can have, and that were corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrections {
    /// Patients with at least one.
    pub patients: u64,
    /// Corrections in all.
    pub total: u64,
    /// Patients by corrected quantity; only the quantities that were corrected.
    pub by_quantity: BTreeMap<String, u64>,
}

/// Solves that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failures {
    /// Patients that failed in at least one arm.
    pub patients: u64,
    /// Largest fraction of patients that the study lets fail.
    pub max_failed_fraction: f64,
    /// Rows that failed.
    pub rows: u64,
    /// Failed rows by status, every status named.
    pub by_status: BTreeMap<String, u64>,
    /// Failed rows by arm, in the order of the arms.
    pub by_arm: Vec<ArmFailures>,
    /// The first failed rows in order of patient and arm, [`FirstFailures::MOST`](crate::FirstFailures::MOST) of them at
    /// most.
    pub first: Vec<FailedRow>,
}

/// A row that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailedRow {
    /// The patient's id.
    pub patient_id: u64,
    /// The arm's name.
    pub arm: String,
    /// Why the solve failed.
    #[serde(with = "by_name")]
    pub status: Status,
    /// The day that it had reached.
    pub failed_at_day: f64,
}

/// Solves that failed in one arm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmFailures {
    /// The arm's name.
    pub arm: String,
    /// Failed rows.
    pub rows: u64,
    /// Failed rows by status, every status named.
    pub by_status: BTreeMap<String, u64>,
}

impl Manifest {
    /// The manifest of a run whose rows are in those files.
    pub(crate) fn new(
        identity: &RunIdentity,
        files: Vec<PartFile>,
        counts: &RowCounts,
        columns: &[Column],
    ) -> Self {
        let (ids, RunIdentity { format, format_version, program, study, cohort, shard }) =
            (identity.ids(), identity.clone());
        let arms: Vec<_> = study.arms.iter().map(|arm| arm.name.clone()).collect();
        Self {
            format,
            format_version,
            program,
            cohort,
            shard,
            first_patient: ids.start,
            patients: ids.end - ids.start,
            rows: counts.rows,
            files,
            accumulators: None,
            not_stored: (study.run.store != Store::All)
                .then(|| NotStored { counts: counts.clone(), columns: columns.to_vec() }),
            corrections: Corrections::new(counts),
            failures: Failures::new(&study, counts),
            steps: counts.steps,
            timing: None,
            content_hash: counts.hash,
            arms,
            study,
        }
    }

    /// Which run it is of.
    pub fn identity(&self) -> RunIdentity {
        RunIdentity {
            format: self.format.clone(),
            format_version: self.format_version,
            program: self.program.clone(),
            study: self.study.clone(),
            cohort: self.cohort.clone(),
            shard: self.shard,
        }
    }

    /// Reads the manifest of the results in `directory`.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(MANIFEST);
        let bytes = match read_bounded(&path) {
            Ok(bytes) => bytes,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Err(absent(directory));
            }
            Err(e) => return Err(DatasetError::io(&path, "read", e)),
        };
        let unreadable = |e: &dyn std::fmt::Display| {
            DatasetError::damaged(&path, format!("is not readable as JSON ({e})"))
        };
        let text = std::str::from_utf8(&bytes).map_err(|e| unreadable(&e))?;
        let value: Value = serde_json::from_str(text).map_err(|e| unreadable(&e))?;
        check_format(&value, &path, "manifest")?;
        let manifest: Self = serde_json::from_value(value)
            .map_err(|e| DatasetError::damaged(&path, format!("is incomplete ({e})")))?;
        if !is_sealed(text) {
            let reason = "has been changed since it was written: its hash is another";
            return Err(DatasetError::damaged(&path, reason));
        }
        match manifest.files.iter().find(|file| !is_table(&file.path)) {
            Some(file) => {
                let reason = format!("names {:?}, which is no file of a patient table", file.path);
                Err(DatasetError::damaged(&path, reason))
            }
            None => Ok(manifest),
        }
    }

    /// Writes it into a results directory, which makes the results complete.
    pub(crate) fn write(&self, directory: &Path) -> Result<()> {
        let path = directory.join(MANIFEST);
        match serde_json::to_string_pretty(self) {
            Ok(text) => write_file(path, seal(&text).as_bytes()),
            Err(e) => Err(DatasetError::Encoding { path, reason: e.to_string() }),
        }
    }

    /// Whether a file is a manifest of this program, of any version.
    pub(crate) fn is_ours(path: &Path) -> bool {
        read_bounded(path).is_ok_and(|bytes| is_ours(&bytes))
    }

    /// Refuses files in `directory` that are not, byte for byte, as they were written.
    pub(crate) fn check_files(&self, directory: &Path) -> Result<()> {
        self.files.par_iter().try_for_each(|file| file.check(directory))?;
        self.check_accumulators(directory)
    }

    /// Refuses accumulators in `directory` that are not, byte for byte, as they were written.
    pub(crate) fn check_accumulators(&self, directory: &Path) -> Result<()> {
        self.accumulators
            .map_or(Ok(()), |file| check_bytes(&directory.join(ACCUMULATORS), file.bytes, file.file_hash))
    }

    /// Refuses a manifest that says other things about the rows than their files do, which add up to `counts`.
    pub(crate) fn check_counts(
        &self,
        directory: &Path,
        counts: &RowCounts,
        columns: &[Column],
    ) -> Result<()> {
        let expected = Self::new(&self.identity(), self.files.clone(), counts, columns);
        let said = Self { timing: None, accumulators: None, ..self.clone() };
        if said == expected && counts.patients == self.patients {
            return Ok(());
        }
        let reason = format!(
            "does not add up: {} patients and {} rows, and {} and {} in its files",
            self.patients, self.rows, counts.patients, counts.rows
        );
        Err(DatasetError::damaged(&directory.join(MANIFEST), reason))
    }

    /// Whether patients are randomised: each is in one arm instead of all.
    pub fn is_randomised(&self) -> bool {
        self.study.allocation == Allocation::Randomised
    }

    /// Whether more patients failed than the study allows.
    pub fn too_many_failed(&self) -> bool {
        self.failures.patients as f64 > self.failures.max_failed_fraction * self.patients as f64
    }
}

/// What to say of a directory without a manifest.
fn absent(directory: &Path) -> DatasetError {
    let nothing = |reason: &str, remedy| DatasetError::NotResults {
        directory: directory.into(),
        reason: reason.to_owned(),
        remedy,
    };
    if !directory.exists() {
        return nothing("there is no such directory", Remedy::CheckPath);
    }
    if !directory.is_dir() {
        return nothing("is a file, not a results directory", Remedy::NameResults);
    }
    if let Err(busy) = DirectoryLock::check_free(directory) {
        return busy;
    }
    match JournalEntries::read(directory) {
        Ok(Some(JournalEntries { identity, files })) => {
            let ids = identity.ids();
            let done: u64 = files.iter().map(|file| file.patients).sum();
            let done = format!("{done} of {} patients are done", ids.end - ids.start);
            match identity.shard {
                None => nothing(&format!("holds an unfinished run: {done}"), Remedy::Resume),
                Some(shard) => nothing(
                    &format!("holds shard {shard}, which is unfinished: {done}"),
                    Remedy::RunShardAgain(shard),
                ),
            }
        }
        Ok(None) if directory.join("patients").is_dir() || directory.join("patients.parquet").exists() => {
            nothing("holds an unfinished run: there is no manifest.json", Remedy::RunAgain)
        }
        Ok(None) if Pieces::are_in(directory) => {
            nothing("holds results of shards, which are not merged", Remedy::MergeFirst)
        }
        Ok(None) => nothing("is no results directory: there is no manifest.json", Remedy::NameResults),
        Err(error) => error,
    }
}

impl Corrections {
    fn new(counts: &RowCounts) -> Self {
        let by_quantity = Quantity::ALL.into_iter().zip(counts.corrected);
        let corrected = by_quantity.filter(|(_, n)| *n > 0).map(|(q, n)| (q.symbol().to_owned(), n));
        Self {
            patients: counts.patients_corrected,
            total: counts.corrected.iter().sum(),
            by_quantity: corrected.collect(),
        }
    }
}

impl Failures {
    fn new(study: &Study, counts: &RowCounts) -> Self {
        let by_status = |arms: &[[u64; STATUSES.len()]]| -> BTreeMap<String, u64> {
            let statuses = STATUSES.into_iter().enumerate();
            let failed = statuses.filter(|(_, status)| *status != Status::Completed);
            failed
                .map(|(i, status)| (status_name(status).to_owned(), arms.iter().map(|a| a[i]).sum()))
                .collect()
        };
        let arm = |(name, ended): (&str, &[u64; STATUSES.len()])| {
            let by_status = by_status(std::slice::from_ref(ended));
            ArmFailures { arm: name.into(), rows: by_status.values().sum(), by_status }
        };
        let all = by_status(&counts.ended);
        Self {
            patients: counts.patients_failed,
            max_failed_fraction: study.run.max_failed_fraction,
            rows: all.values().sum(),
            by_status: all,
            by_arm: study.arms.iter().map(|arm| arm.name.as_str()).zip(&counts.ended).map(arm).collect(),
            first: counts
                .first_failures
                .solves()
                .iter()
                .filter_map(|solve| FailedRow::of(study, solve))
                .collect(),
        }
    }
}

impl FailedRow {
    /// None if the study has no such arm.
    fn of(study: &Study, solve: &FailedSolve) -> Option<Self> {
        Some(Self {
            patient_id: solve.patient,
            arm: study.arms.get(solve.arm)?.name.clone(),
            status: solve.status,
            failed_at_day: solve.day,
        })
    }
}
