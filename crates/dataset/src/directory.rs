//! The results directory: which of its files are ours, and when it may be written to.

use crate::Result;
use crate::error::DatasetError;
use crate::layout::Layout;
use crate::manifest::Manifest;
use crate::part;
use crate::staged::temporary;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const SUMMARY: &str = "summary.json";
pub(crate) const DICTIONARY: &str = "dictionary.json";
const PATIENTS: &str = "patients.parquet";
const PARTS: &str = "patients";
/// Files beside the patient table that are made from it, and are wrong as soon as it changes.
const MADE_FROM_IT: [&str; 3] = [SUMMARY, DICTIONARY, "report.html"];

/// The files of results that are in a directory.
struct Found {
    manifest: Option<PathBuf>,
    tables: Vec<PathBuf>,
    others: Vec<PathBuf>,
}

/// Makes `directory` ready for the results of `layout`: afterwards it exists and holds none.
///
/// Files with names that results never have are left alone, always.
pub(crate) fn claim(directory: &Path, layout: &Layout, overwrite: bool) -> Result<()> {
    fs::create_dir_all(directory).map_err(|e| DatasetError::io(directory, "created", e))?;
    let found = find(directory)?;
    if found.all().next().is_some() {
        if !overwrite {
            return Err(found.refusal(directory));
        }
        found.check_ours(layout)?;
        found.remove()?;
    }
    if !layout.in_one_file() {
        let parts = directory.join(PARTS);
        fs::create_dir_all(&parts).map_err(|e| DatasetError::io(&parts, "created", e))?;
    }
    Ok(())
}

fn find(directory: &Path) -> Result<Found> {
    let present = |name: &str| Some(directory.join(name)).filter(|path| path.symlink_metadata().is_ok());
    let parts = directory.join(PARTS);
    let mut tables: Vec<_> = present(PATIENTS).into_iter().collect();
    match fs::read_dir(&parts) {
        Ok(entries) => {
            for entry in entries {
                let entry = entry.map_err(|e| DatasetError::io(&parts, "read", e))?;
                if is_part(&entry.file_name().to_string_lossy()) {
                    tables.push(entry.path());
                }
            }
        }
        Err(e) if e.kind() == ErrorKind::NotFound => {}
        Err(e) => return Err(DatasetError::io(&parts, "read", e)),
    }
    tables.sort();
    let others = MADE_FROM_IT.iter().filter_map(|name| present(name)).collect();
    Ok(Found { manifest: present(MANIFEST), tables, others })
}

/// Whether a name is `part-<digits>.parquet`.
fn is_part(name: &str) -> bool {
    let digits = name.strip_prefix("part-").and_then(|rest| rest.strip_suffix(".parquet"));
    digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
}

impl Found {
    fn all(&self) -> impl Iterator<Item = &PathBuf> {
        self.manifest.iter().chain(&self.tables).chain(&self.others)
    }

    fn refusal(&self, directory: &Path) -> DatasetError {
        const SHOWN: usize = 3;
        let name = |path: &PathBuf| path.strip_prefix(directory).unwrap_or(path).display().to_string();
        let mut names: Vec<_> = self.all().take(SHOWN).map(name).collect();
        let more = self.all().count() - names.len();
        if more > 0 {
            names.push(format!("{more} more"));
        }
        let complete = self.manifest.is_some();
        DatasetError::HoldsResults { directory: directory.into(), found: names.join(", "), complete }
    }

    /// Refuses to replace anything that this program did not write, or that the cohort comes from.
    fn check_ours(&self, layout: &Layout) -> Result<()> {
        let foreign = |path: &Path, reason| Err(DatasetError::Foreign { path: path.into(), reason });
        let table = layout.table_file.as_ref().and_then(|file| file.canonicalize().ok());
        if let Some(manifest) = &self.manifest
            && !Manifest::is_ours(manifest)
        {
            return foreign(manifest, "was not written by cartrial");
        }
        for path in &self.tables {
            if table.is_some() && path.canonicalize().ok() == table {
                return foreign(path, "is the table that the cohort comes from");
            }
            if !part::is_ours(path) {
                return foreign(path, "was not written by cartrial");
            }
        }
        match self.others.first() {
            Some(path) if self.manifest.is_none() && self.tables.is_empty() => {
                foreign(path, "stands there without any results")
            }
            _ => Ok(()),
        }
    }

    /// Removes what was found, the manifest first: without it the rest does not count as complete.
    fn remove(&self) -> Result<()> {
        for path in self.all() {
            fs::remove_file(path).map_err(|e| DatasetError::io(path, "removed", e))?;
        }
        for path in &self.tables {
            let _ = fs::remove_file(temporary(path));
        }
        if let Some(parts) = self.tables.first().and_then(|path| path.parent())
            && parts.ends_with(PARTS)
        {
            // It stays if anything else is in it.
            let _ = fs::remove_dir(parts);
        }
        Ok(())
    }
}
