//! A directory that appears under its name only once it is complete.

use crate::Result;
use crate::error::ExportError;
use cartrial_dataset::DatasetError;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A directory being filled under a temporary name beside its own; removed again unless it is published.
#[derive(Debug)]
pub(crate) struct StagedDirectory {
    path: PathBuf,
    temporary: PathBuf,
    ours: &'static [&'static str],
    published: bool,
}

impl StagedDirectory {
    /// Begins the directory that is to stand at `path`. One that holds files already is refused, or, if `replace` says so,
    /// to be replaced: but only if all of them are among `ours`.
    pub fn create(path: &Path, replace: bool, ours: &'static [&'static str]) -> Result<Self> {
        let found = content(path)?;
        if let Some(foreign) = found.iter().find(|name| !ours.contains(&name.as_str())) {
            return Err(ExportError::Foreign { directory: path.into(), found: foreign.clone() });
        }
        if let (Some(first), false) = (found.first(), replace) {
            return Err(ExportError::Occupied { directory: path.into(), found: first.clone() });
        }
        let random = RandomState::new().build_hasher().finish();
        let name = path.file_name().unwrap_or_default().display();
        let temporary = path.with_file_name(format!(".{name}.{random:016x}.tmp"));
        fs::create_dir_all(&temporary).map_err(|e| DatasetError::io(path, "created", e))?;
        Ok(Self { path: path.into(), temporary, ours, published: false })
    }

    /// Begins a file in it.
    pub fn file(&self, name: &str) -> Result<File> {
        debug_assert!(self.ours.contains(&name), "{name} is among the files of an export");
        let file = File::create_new(self.temporary.join(name));
        Ok(file.map_err(|e| DatasetError::io(&self.shown(name), "created", e))?)
    }

    /// Where a file of it will stand.
    pub fn shown(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Gives the directory its name, once all of it is on the disk.
    pub fn publish(mut self) -> Result<()> {
        let failed = |e| DatasetError::io(&self.path, "written", e);
        for name in content(&self.temporary)? {
            File::open(self.temporary.join(name)).and_then(|file| file.sync_all()).map_err(failed)?;
        }
        for name in content(&self.path)?.iter().filter(|name| self.ours.contains(&name.as_str())) {
            fs::remove_file(self.path.join(name)).map_err(failed)?;
        }
        match fs::remove_dir(&self.path) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(failed(e).into()),
            _ => fs::rename(&self.temporary, &self.path).map_err(failed)?,
        }
        self.published = true;
        Ok(())
    }
}

impl Drop for StagedDirectory {
    fn drop(&mut self) {
        if !self.published {
            // Nothing can be done about a failure here.
            let _ = fs::remove_dir_all(&self.temporary);
        }
    }
}

/// The names in a directory, in order; none if there is no such directory.
fn content(directory: &Path) -> Result<Vec<String>> {
    let failed = |e| DatasetError::io(directory, "created", e);
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(failed(e).into()),
    };
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.map(|entry| entry.file_name().to_string_lossy().into_owned()).map_err(failed)
    };
    let mut names = entries.map(name).collect::<Result<Vec<_>, _>>()?;
    names.sort_unstable();
    Ok(names)
}
