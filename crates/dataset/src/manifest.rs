//! The manifest: what was run, what came out, and what proves it. Written last, it makes results complete.

use crate::Result;
use crate::absent::absent;
use crate::bounded::{MOST_TEXT, read_bounded};
use crate::column::Column;
use crate::directory::{ACCUMULATORS, DICTIONARY, MANIFEST, SUMMARY, TRAJECTORIES, is_table};
use crate::error::DatasetError;
use crate::failures::Failures;
use crate::file_hash::FileBytes;
use crate::hash::ContentHash;
use crate::identity::{CohortSource, Program, RunIdentity, check_format, is_ours};
use crate::part_file::PartFile;
use crate::row_counts::{RowCounts, total};
use crate::sealed::{is_sealed, seal};
use crate::staged::write_file;
use crate::trajectory_table::TrajectoryFile;
use cartrial_cohort::{Allocation, Shard, Store, Study};
use cartrial_model::Quantity;
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
    /// `dictionary.json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dictionary: Option<FileBytes>,
    /// `summary.json`; nothing of a shard, which has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<FileBytes>,
    /// What was accumulated from the rows, where these are those of a shard or not all stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accumulators: Option<FileBytes>,
    /// The courses of some patients, where the study asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trajectories: Option<TrajectoryFile>,
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

/// What the files of the patient table cannot say, where not all of it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NotStored {
    /// What is counted about all rows.
    pub counts: RowCounts,
    /// Every column.
    pub columns: Vec<Column>,
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
            dictionary: None,
            summary: None,
            accumulators: None,
            trajectories: None,
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
        let bytes = match read_bounded(&path, MOST_TEXT) {
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
            let reason = "is not what was written: its SHA-256 is another than it says itself";
            return Err(DatasetError::damaged(&path, reason));
        }
        if let Some(file) = manifest.files.iter().find(|file| !is_table(&file.path)) {
            let reason = format!("names {:?}, which is no file of a patient table", file.path);
            return Err(DatasetError::damaged(&path, reason));
        }
        manifest.check_study(&path)?;
        manifest.check_order(&path)?;
        Ok(manifest)
    }

    /// Refuses a study that no study file can have.
    fn check_study(&self, path: &Path) -> Result<()> {
        self.study.check().map_err(|error| {
            let problem = error.problems.first();
            let reason = problem.map_or(String::new(), |p| format!(" ({}: {})", p.key, p.reason));
            DatasetError::damaged(path, format!("holds a study that is not valid{reason}"))
        })
    }

    /// Refuses files that do not hold patients one after the other, from the first one on.
    fn check_order(&self, path: &Path) -> Result<()> {
        let mut next = self.identity().ids().start;
        for PartFile { path: name, first_patient, patients, .. } in &self.files {
            let end = first_patient.checked_add(*patients).filter(|_| *first_patient == next);
            next = end.ok_or_else(|| {
                let reason = format!(
                    "names {name:?} for {patients} patients from {first_patient} on, not from {next} on"
                );
                DatasetError::damaged(path, reason)
            })?;
        }
        Ok(())
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
        read_bounded(path, MOST_TEXT).is_ok_and(|bytes| is_ours(&bytes))
    }

    /// Refuses files in `directory` that are not, byte for byte, as they were written.
    pub(crate) fn check_files(&self, directory: &Path) -> Result<()> {
        self.check_all_but_summary(directory)?;
        self.check_summary(directory)
    }

    /// The same, whatever has become of `summary.json`.
    pub(crate) fn check_all_but_summary(&self, directory: &Path) -> Result<()> {
        self.files.par_iter().try_for_each(|file| file.check(directory))?;
        self.check_beside_table(directory)
    }

    /// Refuses files beside the patient table that are not, byte for byte, as they were written.
    pub(crate) fn check_other_files(&self, directory: &Path) -> Result<()> {
        self.check_beside_table(directory)?;
        self.check_summary(directory)
    }

    fn check_beside_table(&self, directory: &Path) -> Result<()> {
        let trajectories = self.trajectories.map(|file| file.written);
        let files =
            [(DICTIONARY, self.dictionary), (ACCUMULATORS, self.accumulators), (TRAJECTORIES, trajectories)];
        files.into_iter().try_for_each(|(name, written)| {
            written.map_or(Ok(()), |written| written.check(&directory.join(name)))
        })
    }

    fn check_summary(&self, directory: &Path) -> Result<()> {
        match self.summary.map_or(Ok(()), |written| written.check(&directory.join(SUMMARY))) {
            Err(DatasetError::Damaged { path, reason, .. }) => {
                let remedy = "Write it anew with `cartrial analyse`, or restore it from a copy.";
                Err(DatasetError::Damaged { path, reason, remedy })
            }
            other => other,
        }
    }

    /// Refuses a manifest that says other things about the rows than their files do, which add up to `counts`.
    pub(crate) fn check_counts(
        &self,
        directory: &Path,
        counts: &RowCounts,
        columns: &[Column],
    ) -> Result<()> {
        let expected = Self::new(&self.identity(), self.files.clone(), counts, columns);
        let said = Self {
            timing: None,
            dictionary: None,
            summary: None,
            accumulators: None,
            trajectories: None,
            ..self.clone()
        };
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

impl Corrections {
    fn new(counts: &RowCounts) -> Self {
        let by_quantity = Quantity::ALL.into_iter().zip(counts.corrected);
        let corrected = by_quantity.filter(|(_, n)| *n > 0).map(|(q, n)| (q.symbol().to_owned(), n));
        Self {
            patients: counts.patients_corrected,
            total: total(&counts.corrected),
            by_quantity: corrected.collect(),
        }
    }
}
