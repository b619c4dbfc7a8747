//! What manifest and journal say of a file of the patient table.

use crate::Result;
use crate::error::DatasetError;
use crate::file_hash::FileBytes;
use crate::hash::ContentHash;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::Path;

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
    /// Identifies its bytes.
    #[serde(flatten)]
    pub written: FileBytes,
}

impl PartFile {
    /// Refuses a file in `directory` that is not, byte for byte, as it was written.
    pub(crate) fn check(&self, directory: &Path) -> Result<()> {
        self.written.check(&directory.join(&self.path))
    }
}

impl FileBytes {
    /// Refuses a file that has other bytes than were written.
    pub(crate) fn check(&self, path: &Path) -> Result<()> {
        let found = match Self::of_file(path) {
            Ok(found) => found,
            Err(e) if e.kind() == ErrorKind::NotFound => return Err(missing(path)),
            Err(e) => return Err(DatasetError::io(path, "read", e)),
        };
        let reason = if found.bytes != self.bytes {
            format!("has {} bytes, and {} were written", found.bytes, self.bytes)
        } else if found.sha256 != self.sha256 {
            format!("is not what was written: its SHA-256 is {}, and should be {}", found.sha256, self.sha256)
        } else {
            return Ok(());
        };
        Err(DatasetError::damaged(path, reason))
    }
}

/// A file of the results that is not there.
pub(crate) fn missing(path: &Path) -> DatasetError {
    DatasetError::damaged(path, "is missing, though it belongs to these results")
}
