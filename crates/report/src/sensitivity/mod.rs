//! The page of a sensitivity analysis, its figures and its files.

mod figures;
mod page;
mod words;

use std::path::{Path, PathBuf};

use cartrial_dataset::{DatasetError, write_statistics};
use cartrial_findings::sensitivity::Sensitivity;

use crate::files::FileError;
use crate::page::Illustration;
use crate::page_directory::{PageDirectory, PageDirectoryError, PageKind};
pub(crate) use words::{outcome_label, ranked, shown};

const KIND: PageKind = PageKind {
    noun: "a sensitivity analysis",
    format: "cartrial-sensitivity",
    files: &["sensitivity.json", "sensitivity.parquet", "report.html"],
};

/// Why a sensitivity analysis could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SensitivityError {
    /// A figure, the page or a JSON file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The Parquet file.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
}

/// A directory that holds a sensitivity analysis, or is to.
pub struct Directory(PageDirectory);

impl Directory {
    /// Makes a directory ready: it exists, and an earlier analysis in it counts as incomplete from now on.
    ///
    /// # Errors
    /// [`PageDirectoryError::Foreign`] if it holds anything of those names that is not from an earlier analysis.
    pub fn claim(path: &Path) -> Result<Self, PageDirectoryError> {
        PageDirectory::claim(path, &KIND).map(Self)
    }

    /// Writes `sensitivity.json`, `sensitivity.parquet`, the figures, the page, and last the manifest, which makes it complete;
    /// `command` is what was typed. The path is that of the page.
    ///
    /// # Errors
    /// [`SensitivityError`] names the file and the reason.
    pub fn write(&self, found: &Sensitivity, command: &str) -> Result<PathBuf, SensitivityError> {
        self.0.write_json("sensitivity.json", found)?;
        write_statistics(&self.0.file("sensitivity.parquet"), &found.study, &found.table())?;
        let figures = figures(found);
        let facts = serde_json::json!({
            "program": { "name": "cartrial", "version": found.version },
            "study": found.study.name,
            "seed": found.study.seed,
            "command": command,
        });
        Ok(self.0.finish(&figures, &page(found, &figures, command), facts)?)
    }
}

/// Every figure that the data allow, in the order of the page.
pub fn figures(found: &Sensitivity) -> Vec<Illustration> {
    figures::figures(found)
}

/// The page with those figures, as HTML that needs nothing from outside.
pub fn page(found: &Sensitivity, figures: &[Illustration], command: &str) -> String {
    page::page(found, figures, command)
}
