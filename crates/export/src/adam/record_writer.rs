//! Where the records of a data set go.

use super::variable::DataSet;
use crate::cells::Records;
use crate::{OutOfRange, Result};
use cartrial_dataset::DatasetError;
use std::path::{Path, PathBuf};

/// What every file says about the results that it is of.
#[derive(Clone, Debug)]
pub(crate) struct Provenance {
    /// The study's name.
    pub study: String,
    /// Its seed.
    pub seed: u64,
    /// The version of the program.
    pub version: &'static str,
    /// The content hash of the patient table.
    pub content_hash: String,
    /// The time of creation.
    pub created: chrono::DateTime<chrono::Utc>,
}

/// A file of one data set, being written.
pub(crate) trait RecordWriter: Send {
    /// Appends records.
    fn write(&mut self, records: &Records) -> Result<()>;
    /// Completes the file; returns how many numbers it cannot hold.
    fn finish(self: Box<Self>) -> Result<OutOfRange>;
}

impl Provenance {
    /// The time of creation as ISO 8601 has it.
    pub fn created_text(&self) -> String {
        self.created.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

impl DataSet {
    /// The name of its file with that extension.
    pub fn file(&self, extension: &str) -> String {
        format!("{}.{extension}", self.name.to_lowercase())
    }
}

/// The error for what cannot be written for a reason of the format's.
pub(crate) fn encoding(path: &Path, reason: impl std::fmt::Display) -> DatasetError {
    DatasetError::Encoding { path: PathBuf::from(path), reason: reason.to_string() }
}
