//! The directory of a page that is not one of a study's results: what is ours in it, and its files.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::files::{FileError, create_directory, write_figures, write_file};
use crate::page::Illustration;

/// Says whose the directory is, and what is in it once that is complete.
const MANIFEST: &str = "manifest.json";
/// What a study leaves in its directory.
const RESULTS: [&str; 4] = ["patients.parquet", "patients", "summary.json", "dictionary.json"];

/// What is written to such a directory.
pub(crate) struct PageKind {
    /// What a file is from, with its article.
    pub noun: &'static str,
    /// `format` in the manifest.
    pub format: &'static str,
    /// The files, but for figures and manifest.
    pub files: &'static [&'static str],
}

/// Why a directory cannot take a page.
#[derive(Debug, thiserror::Error)]
pub enum PageDirectoryError {
    /// It holds a file of another origin, whose name is needed.
    #[error("{}: already holds {name}, which is not from {noun}", directory.display())]
    Foreign {
        /// The directory.
        directory: PathBuf,
        /// The file in the way.
        name: &'static str,
        /// What was to be written, with its article.
        noun: &'static str,
    },
    /// It cannot be written to.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A directory that holds a page with its data, or is to.
pub(crate) struct PageDirectory {
    path: PathBuf,
    format: &'static str,
}

impl PageDirectory {
    /// Makes a directory ready: it exists, and an earlier page of that kind in it counts as incomplete from now on.
    ///
    /// # Errors
    /// [`PageDirectoryError::Foreign`] if it holds anything of those names that is not from an earlier one.
    pub fn claim(path: &Path, kind: &PageKind) -> Result<Self, PageDirectoryError> {
        let manifest = path.join(MANIFEST);
        let ours = std::fs::read(&manifest)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok())
            .is_some_and(|value| value["format"] == kind.format);
        let in_the_way =
            RESULTS.iter().chain(if ours { &[][..] } else { kind.files }).find(|f| path.join(f).exists());
        let in_the_way = in_the_way.or((!ours && manifest.exists()).then_some(&MANIFEST));
        if let Some(name) = in_the_way {
            let directory = path.to_owned();
            return Err(PageDirectoryError::Foreign { directory, name, noun: kind.noun });
        }
        create_directory(path)?;
        create_directory(&path.join("figures"))?;
        let directory = Self { path: path.to_owned(), format: kind.format };
        // What is interrupted from here on leaves a directory that is still ours.
        directory.write_json(MANIFEST, &serde_json::json!({ "format": kind.format, "complete": false }))?;
        Ok(directory)
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a value as indented JSON.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), FileError> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|source| FileError::Json { name: name.to_owned(), source })?;
        write_file(&self.path.join(name), format!("{text}\n").as_bytes())
    }

    /// Writes figures and page, and last the manifest, which makes the directory complete; `facts` is what it says beside the
    /// format. The path is that of the page.
    pub fn finish(
        &self,
        figures: &[Illustration],
        page: &str,
        facts: serde_json::Value,
    ) -> Result<PathBuf, FileError> {
        write_figures(&self.path.join("figures"), figures)?;
        let path = self.path.join("report.html");
        write_file(&path, page.as_bytes())?;
        let mut manifest =
            serde_json::json!({ "format": self.format, "format_version": 1, "complete": true });
        if let (Some(manifest), serde_json::Value::Object(facts)) = (manifest.as_object_mut(), facts) {
            manifest.extend(facts);
        }
        self.write_json(MANIFEST, &manifest)?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    const KIND: PageKind =
        PageKind { noun: "a test", format: "cartrial-test", files: &["data.json", "report.html"] };

    #[test]
    fn what_was_interrupted_is_taken_up_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("here");
        let directory = PageDirectory::claim(&path, &KIND).unwrap();
        directory.write_json("data.json", &1).unwrap();
        let directory = PageDirectory::claim(&path, &KIND).unwrap();
        directory.finish(&[], "page", serde_json::json!({ "seed": 1 })).unwrap();
        let manifest: serde_json::Value =
            serde_json::from_slice(&std::fs::read(path.join(MANIFEST)).unwrap()).unwrap();
        assert_eq!((&manifest["complete"], &manifest["seed"]), (&true.into(), &1.into()));
    }

    #[test]
    fn what_is_of_another_origin_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("data.json"), "mine").unwrap();
        let error = PageDirectory::claim(home.path(), &KIND).err().unwrap().to_string();
        assert!(error.ends_with("already holds data.json, which is not from a test"), "{error}");
        assert!(!home.path().join(MANIFEST).exists());
    }
}
