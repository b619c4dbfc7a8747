//! The manifest: what was run, what came out, and what proves it. Written last, it makes results complete.

use crate::Result;
use crate::directory::MANIFEST;
use crate::error::{DatasetError, Remedy};
use crate::hash::ContentHash;
use crate::layout::Layout;
use crate::row_counts::{RowCounts, STATUSES, status_name};
use cartrial_cohort::{Allocation, Population, Study};
use cartrial_model::Quantity;
use cartrial_runner::Status;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

const FORMAT: &str = "cartrial-results";

/// Version of the results' form on disk that this program writes and reads.
pub const FORMAT_VERSION: u64 = 1;

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
    /// Id of the first patient.
    pub first_patient: u64,
    /// Number of patients.
    pub patients: u64,
    /// Rows: one for every patient and arm that it is in.
    pub rows: u64,
    /// The files of the patient table, in order.
    pub files: Vec<PartFile>,
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

/// A program and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// `cartrial`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Where the patients came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "lowercase")]
pub enum CohortSource {
    /// Drawn from the study's distributions with its seed.
    Drawn,
    /// Read from a table.
    Table {
        /// Its path, as the study file has it.
        table: String,
        /// Number of patients in it.
        rows: u64,
        /// SHA-256 of the file, in hexadecimal.
        sha256: String,
    },
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
    /// The manifest of the results of `layout` in those files.
    pub(crate) fn new(
        layout: &Layout,
        files: Vec<PartFile>,
        counts: &RowCounts,
        timing: Option<Value>,
    ) -> Self {
        Self {
            format: FORMAT.into(),
            format_version: FORMAT_VERSION,
            program: Program { name: "cartrial".into(), version: env!("CARGO_PKG_VERSION").into() },
            study: layout.study.clone(),
            cohort: match &layout.study.population {
                Population::Drawn(_) => CohortSource::Drawn,
                Population::Table(t) => {
                    CohortSource::Table { table: t.path.clone(), rows: t.rows, sha256: t.sha256.clone() }
                }
            },
            arms: layout.arms().map(str::to_owned).collect(),
            first_patient: layout.ids.start,
            patients: counts.patients,
            rows: counts.rows,
            files,
            corrections: Corrections::new(counts),
            failures: Failures::new(layout, counts),
            steps: counts.steps,
            timing,
            content_hash: counts.hash,
        }
    }

    /// Reads the manifest of the results in `directory`.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(MANIFEST);
        let bytes = std::fs::read(&path).map_err(|e| match e.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => absent(directory),
            _ => DatasetError::io(&path, "read", e),
        })?;
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|e| DatasetError::damaged(&path, format!("is not readable as JSON ({e})")))?;
        if value.get("format").and_then(Value::as_str) != Some(FORMAT) {
            let reason = format!("is no manifest of cartrial results (\"format\" is not {FORMAT:?})");
            let remedy = "Name the directory that a run wrote to.";
            return Err(DatasetError::Damaged { path, reason, remedy });
        }
        let version = value.get("format_version").cloned().unwrap_or_default();
        if version.as_u64() != Some(FORMAT_VERSION) {
            let reason = format!("is of format version {version}, and this program reads {FORMAT_VERSION}");
            let remedy = "Use the version of cartrial that wrote it, or run the study again.";
            return Err(DatasetError::Damaged { path, reason, remedy });
        }
        serde_json::from_value(value)
            .map_err(|e| DatasetError::damaged(&path, format!("is incomplete ({e})")))
    }

    /// Whether a file is a manifest of this program, of any version.
    pub(crate) fn is_ours(path: &Path) -> bool {
        let value = std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        value.is_some_and(|value| value.get("format").and_then(Value::as_str) == Some(FORMAT))
    }

    /// Whether patients are randomised: each is in one arm instead of all.
    pub fn is_randomised(&self) -> bool {
        self.study.allocation == Allocation::Randomised
    }

    /// Rows of a patient.
    pub(crate) fn rows_per_patient(&self) -> usize {
        if self.is_randomised() { 1 } else { self.arms.len() }
    }

    /// Whether more patients failed than the study allows.
    pub fn too_many_failed(&self) -> bool {
        self.failures.patients as f64 > self.failures.max_failed_fraction * self.patients as f64
    }
}

/// What to say of a directory without a manifest.
fn absent(directory: &Path) -> DatasetError {
    let (reason, remedy) = if !directory.exists() {
        ("there is no such directory", Remedy::CheckPath)
    } else if !directory.is_dir() {
        ("is a file, not a results directory", Remedy::NameResults)
    } else if directory.join("patients").is_dir() || directory.join("patients.parquet").exists() {
        ("holds an unfinished run: there is no manifest.json", Remedy::RunAgain)
    } else {
        ("is no results directory: there is no manifest.json", Remedy::NameResults)
    };
    DatasetError::NotResults { directory: directory.into(), reason, remedy }
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
    fn new(layout: &Layout, counts: &RowCounts) -> Self {
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
            max_failed_fraction: layout.study.run.max_failed_fraction,
            rows: all.values().sum(),
            by_status: all,
            by_arm: layout.arms().zip(&counts.ended).map(arm).collect(),
        }
    }
}
