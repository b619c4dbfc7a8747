//! The JSON files beside the patient table.

use crate::Result;
use crate::column::Column;
use crate::dictionary;
use crate::directory::{DICTIONARY, SUMMARY};
use crate::error::DatasetError;
use crate::file_hash::FileBytes;
use crate::staged::write_file;
use cartrial_cohort::Study;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Writes `summary.json` into a results directory. Numbers that are not finite become null.
pub(crate) fn write_summary(directory: &Path, summary: &impl Serialize) -> Result<FileBytes> {
    write_json(directory.join(SUMMARY), summary)
}

/// Writes `dictionary.json` into a results directory: a list of the columns, in order, with what they mean in the study.
pub(crate) fn write_dictionary(directory: &Path, columns: &[Column], study: &Study) -> Result<FileBytes> {
    write_json(directory.join(DICTIONARY), &dictionary::entries(columns, study))
}

/// Writes a value as indented JSON with a newline at the end.
pub(crate) fn write_json(path: PathBuf, value: &impl Serialize) -> Result<FileBytes> {
    let failed = |e: serde_json::Error| DatasetError::Encoding { path: path.clone(), reason: e.to_string() };
    let mut text = serde_json::to_vec_pretty(value).map_err(failed)?;
    text.push(b'\n');
    write_file(path, &text)?;
    Ok(FileBytes::of(&text))
}
