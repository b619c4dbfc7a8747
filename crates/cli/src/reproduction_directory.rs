//! The directory of a reproduction: what is ours in it, and its files.

use crate::failure::Failure;
use crate::figures::create_directory;
use serde::Serialize;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Written last, so that a directory without it is not complete.
const MANIFEST: &str = "manifest.json";
/// `format` in the manifest.
pub const FORMAT: &str = "cartrial-reproduction";
const FILES: [&str; 4] = ["replicates.json", "power.json", "drivers.json", "report.html"];
/// What a study leaves in its directory.
const RESULTS: [&str; 4] = ["patients.parquet", "patients", "summary.json", "dictionary.json"];

/// A directory that holds a reproduction, or is to.
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Makes a directory ready: it exists, and an earlier reproduction in it counts as incomplete from now on.
    ///
    /// # Errors
    /// Exit code 2 if it holds anything of those names that is not from an earlier reproduction.
    pub fn claim(path: &Path) -> Result<Self, Failure> {
        let manifest = path.join(MANIFEST);
        let ours = std::fs::read(&manifest)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok())
            .is_some_and(|value| value["format"] == FORMAT);
        let in_the_way =
            RESULTS.iter().chain(if ours { &[][..] } else { &FILES }).find(|f| path.join(f).exists());
        let in_the_way = in_the_way.or((!ours && manifest.exists()).then_some(&MANIFEST));
        if let Some(name) = in_the_way {
            return Err(Failure::Input(format!(
                "{}: already holds {name}, which is not from a reproduction. Choose another directory with --out.",
                path.display()
            )));
        }
        create_directory(path)?;
        create_directory(&path.join("figures"))?;
        match std::fs::remove_file(&manifest) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(Failure::unwritable(&manifest, &e)),
            _ => Ok(Self { path: path.to_owned() }),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), Failure> {
        let path = self.path.join(name);
        std::fs::write(&path, content).map_err(|e| Failure::unwritable(&path, &e))
    }

    /// Writes a value as indented JSON.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(|e| Failure::Other(format!("{name}: {e}")))?;
        self.write(name, format!("{text}\n").as_bytes())
    }

    /// Writes the manifest, which makes the reproduction complete.
    pub fn finish(&self, manifest: &impl Serialize) -> Result<(), Failure> {
        self.write_json(MANIFEST, manifest)
    }
}
