//! The directory of a reproduction and its files.

use std::path::{Path, PathBuf};

use cartrial_findings::reproduction::{PAPER_PATIENTS, Reproduction};

use crate::files::FileError;
use crate::page_directory::{PageDirectory, PageDirectoryError, PageKind};

const KIND: PageKind = PageKind {
    noun: "a reproduction",
    format: "cartrial-reproduction",
    files: &["replicates.json", "power.json", "drivers.json", "sobol.json", "report.html"],
};

/// A directory that holds a reproduction, or is to.
pub struct Directory(PageDirectory);

impl Directory {
    /// Makes a directory ready: it exists, and an earlier reproduction in it counts as incomplete from now on.
    ///
    /// # Errors
    /// [`PageDirectoryError::Foreign`] if it holds anything of those names that is not from an earlier reproduction.
    pub fn claim(path: &Path) -> Result<Self, PageDirectoryError> {
        PageDirectory::claim(path, &KIND).map(Self)
    }

    /// Writes everything that was found: data, figures, the page, and last the manifest, which makes it complete.
    /// `program` is the version of the program, `trials` the number of trials asked for. The path is that of the page.
    ///
    /// # Errors
    /// [`FileError`] names the file and the reason.
    pub fn write(
        &self,
        reproduction: &Reproduction,
        program: &str,
        trials: u32,
    ) -> Result<PathBuf, FileError> {
        self.0.write_json("replicates.json", &reproduction.replicates)?;
        self.0.write_json("power.json", &reproduction.power)?;
        self.0.write_json("drivers.json", &reproduction.drivers)?;
        self.0.write_json("sobol.json", &reproduction.variance)?;
        let figures = super::figures(reproduction);
        let facts = serde_json::json!({
            "program": { "name": "cartrial", "version": program },
            "trials": trials,
            "patients_per_trial": PAPER_PATIENTS,
            "seed": reproduction.seed,
            "cohorts": reproduction.cohorts,
            "content_hash": reproduction.content_hash,
        });
        self.0.finish(&figures, &super::page(reproduction, &figures), facts)
    }
}
