//! The directory of a reproduction: what is ours in it, and its files.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use cartrial_findings::reproduction::{PAPER_PATIENTS, Reproduction};
use serde::Serialize;

use crate::files::{FileError, create_directory, write_figures, write_file};

/// Written last, so that a directory without it is not complete.
const MANIFEST: &str = "manifest.json";
/// `format` in the manifest.
const FORMAT: &str = "cartrial-reproduction";
const FILES: [&str; 4] = ["replicates.json", "power.json", "drivers.json", "report.html"];
/// What a study leaves in its directory.
const RESULTS: [&str; 4] = ["patients.parquet", "patients", "summary.json", "dictionary.json"];

/// Why a directory cannot take a reproduction.
#[derive(Debug, thiserror::Error)]
pub enum ReproductionError {
    /// It holds a file of another origin, whose name a reproduction needs.
    #[error("{}: already holds {name}, which is not from a reproduction", directory.display())]
    Foreign {
        /// The directory.
        directory: PathBuf,
        /// The file in the way.
        name: &'static str,
    },
    /// It cannot be written to.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A directory that holds a reproduction, or is to.
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Makes a directory ready: it exists, and an earlier reproduction in it counts as incomplete from now on.
    ///
    /// # Errors
    /// [`ReproductionError::Foreign`] if it holds anything of those names that is not from an earlier reproduction.
    pub fn claim(path: &Path) -> Result<Self, ReproductionError> {
        let manifest = path.join(MANIFEST);
        let ours = std::fs::read(&manifest)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok())
            .is_some_and(|value| value["format"] == FORMAT);
        let in_the_way =
            RESULTS.iter().chain(if ours { &[][..] } else { &FILES }).find(|f| path.join(f).exists());
        let in_the_way = in_the_way.or((!ours && manifest.exists()).then_some(&MANIFEST));
        if let Some(name) = in_the_way {
            return Err(ReproductionError::Foreign { directory: path.to_owned(), name });
        }
        create_directory(path)?;
        create_directory(&path.join("figures"))?;
        match std::fs::remove_file(&manifest) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(FileError::unwritable(&manifest, e).into()),
            _ => Ok(Self { path: path.to_owned() }),
        }
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
        self.write_json("replicates.json", &reproduction.replicates)?;
        self.write_json("power.json", &reproduction.power)?;
        self.write_json("drivers.json", &reproduction.drivers)?;
        let illustrations = super::figures(reproduction);
        write_figures(&self.path.join("figures"), &illustrations)?;
        let page = self.path.join("report.html");
        write_file(&page, super::page(reproduction, &illustrations).as_bytes())?;
        self.write_json(
            MANIFEST,
            &serde_json::json!({
                "format": FORMAT,
                "format_version": 1,
                "program": { "name": "cartrial", "version": program },
                "trials": trials,
                "patients_per_trial": PAPER_PATIENTS,
                "seed": reproduction.seed,
                "cohorts": reproduction.cohorts,
                "content_hash": reproduction.content_hash,
            }),
        )?;
        Ok(page)
    }

    /// Writes a value as indented JSON.
    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), FileError> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|source| FileError::Json { name: name.to_owned(), source })?;
        write_file(&self.path.join(name), format!("{text}\n").as_bytes())
    }
}
