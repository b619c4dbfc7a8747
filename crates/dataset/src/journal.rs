//! The journal of a run: which parts of it are finished.

use crate::Result;
use crate::bounded::{MOST_TEXT, read_bounded};
use crate::error::DatasetError;
use crate::identity::{RunIdentity, check_format};
use crate::part_file::PartFile;
use crate::staged::write_file;
use serde_json::Value;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

pub(crate) const JOURNAL: &str = "journal.jsonl";

/// The journal being kept: the run's identity on the first line, then a line for every part once its file is on the disk.
///
/// A directory with a journal and without a manifest holds an unfinished run.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
}

/// What a journal says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JournalEntries {
    pub identity: RunIdentity,
    pub files: Vec<PartFile>,
}

impl Journal {
    /// Begins a journal that already knows of those parts, in the place of any that is there.
    pub fn begin(directory: &Path, identity: &RunIdentity, files: &[PartFile]) -> Result<Self> {
        let path = directory.join(JOURNAL);
        let mut text = line(&path, identity)?;
        for file in files {
            text += &line(&path, file)?;
        }
        write_file(path.clone(), text.as_bytes())?;
        let file = OpenOptions::new().append(true).open(&path);
        Ok(Self { file: file.map_err(|e| DatasetError::io(&path, "opened", e))?, path })
    }

    /// Records that a part is finished; on the disk when this returns.
    pub fn record(&mut self, part: &PartFile) -> Result<()> {
        let text = line(&self.path, part)?;
        self.file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(|e| DatasetError::io(&self.path, "written", e))
    }

    /// Removes the journal, once the manifest says all that it says.
    pub fn remove(self) -> Result<()> {
        fs::remove_file(&self.path).map_err(|e| DatasetError::io(&self.path, "removed", e))
    }
}

impl JournalEntries {
    /// Reads the journal of a directory; nothing if there is none.
    ///
    /// A line that was cut off when the run was, and what comes after it, is as if it were not there: its part has to be
    /// done again.
    pub fn read(directory: &Path) -> Result<Option<Self>> {
        let path = directory.join(JOURNAL);
        let bytes = match read_bounded(&path, MOST_TEXT) {
            Ok(bytes) => bytes,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(e) => return Err(DatasetError::io(&path, "read", e)),
        };
        let remedy = "Run the study again, and let it replace what is there.";
        let damaged = |reason: String| DatasetError::damaged_with(&path, reason, remedy);
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
        let first = lines.next().ok_or_else(|| damaged("has no first line".to_owned()))?;
        let value: Value = serde_json::from_slice(first)
            .map_err(|e| damaged(format!("has a first line that is not readable as JSON ({e})")))?;
        check_format(&value, &path, "journal")?;
        let identity = serde_json::from_value(value)
            .map_err(|e| damaged(format!("does not say which run it belongs to ({e})")))?;
        let files = lines.map_while(|line| serde_json::from_slice(line).ok()).collect();
        Ok(Some(Self { identity, files }))
    }
}

fn line(path: &Path, value: &impl serde::Serialize) -> Result<String> {
    let text = serde_json::to_string(value);
    let text = text.map_err(|e| DatasetError::Encoding { path: path.into(), reason: e.to_string() })?;
    Ok(text + "\n")
}
