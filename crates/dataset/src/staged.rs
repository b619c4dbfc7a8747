//! Files that appear under their name only once they are complete.

use crate::Result;
use crate::error::DatasetError;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file being written under a temporary name beside its own; removed again unless it is published.
#[derive(Debug)]
pub(crate) struct Staged {
    path: PathBuf,
    temporary: PathBuf,
    file: File,
    published: bool,
}

impl Staged {
    /// Begins the file that is to stand at `path`.
    pub fn create(path: PathBuf) -> Result<Self> {
        let temporary = temporary(&path);
        let file = File::create(&temporary).map_err(|e| DatasetError::io(&path, "created", e))?;
        Ok(Self { path, temporary, file, published: false })
    }

    /// Another handle to write through.
    pub fn handle(&self) -> Result<File> {
        self.file.try_clone().map_err(|e| DatasetError::io(&self.path, "written", e))
    }

    /// Where the file is to stand.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, once all of it is on the disk.
    pub fn publish(mut self) -> Result<()> {
        let failed = |e| DatasetError::io(&self.path, "written", e);
        self.file.sync_all().map_err(failed)?;
        fs::rename(&self.temporary, &self.path).map_err(failed)?;
        self.published = true;
        match self.path.parent() {
            Some(directory) => sync_directory(directory),
            None => Ok(()),
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.published {
            // Nothing can be done about a failure here; the next run writes over what is left.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Writes a whole file.
pub(crate) fn write_file(path: PathBuf, content: &[u8]) -> Result<()> {
    let staged = Staged::create(path)?;
    (&staged.file).write_all(content).map_err(|e| DatasetError::io(staged.path(), "written", e))?;
    staged.publish()
}

/// `.name.tmp` beside `path`.
pub(crate) fn temporary(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".tmp");
    path.with_file_name(name)
}

/// Makes the names in a directory last through a power failure.
fn sync_directory(directory: &Path) -> Result<()> {
    if cfg!(unix) {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        File::open(directory)
            .and_then(|d| d.sync_all())
            .map_err(|e| DatasetError::io(directory, "written", e))?;
    }
    Ok(())
}
