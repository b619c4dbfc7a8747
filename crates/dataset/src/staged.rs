//! Files that appear under their name only once they are complete.

use crate::Result;
use crate::bounded::open_regular;
use crate::error::DatasetError;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};

const ENDING: &str = ".tmp";

/// A file being written under a temporary name beside its own; removed again unless it is published.
///
/// The temporary name is random, so that two processes which write the same file do not disturb each other.
#[derive(Debug)]
pub struct StagedFile {
    path: PathBuf,
    temporary: PathBuf,
    file: File,
    published: bool,
}

impl StagedFile {
    /// Begins the file that is to stand at `path`.
    ///
    /// # Errors
    /// [`DatasetError::Io`].
    pub fn create(path: PathBuf) -> Result<Self> {
        let temporary = temporary(&path);
        // A file that exists, or a link that leads elsewhere, is never written to.
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary);
        let file = file.map_err(|e| DatasetError::io(&path, "created", e))?;
        Ok(Self { path, temporary, file, published: false })
    }

    /// Another handle to write through.
    ///
    /// # Errors
    /// [`DatasetError::Io`].
    pub fn handle(&self) -> Result<File> {
        self.file.try_clone().map_err(|e| DatasetError::io(&self.path, "written", e))
    }

    /// Where the file is to stand.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, once all of it is on the disk.
    ///
    /// # Errors
    /// [`DatasetError::Io`].
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

impl Drop for StagedFile {
    fn drop(&mut self) {
        if !self.published {
            // Nothing can be done about a failure here; the next run removes what is left.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Writes a whole file.
pub(crate) fn write_file(path: PathBuf, content: &[u8]) -> Result<()> {
    let staged = StagedFile::create(path)?;
    (&staged.file).write_all(content).map_err(|e| DatasetError::io(staged.path(), "written", e))?;
    staged.publish()
}

/// Gives the file `from` a second name, or copies it where the file system cannot do that.
pub(crate) fn link_file(from: &Path, to: PathBuf) -> Result<()> {
    let temporary = temporary(&to);
    if fs::hard_link(from, &temporary).is_err() {
        let mut source = open_regular(from).map_err(|e| DatasetError::io(from, "read", e))?;
        let mut staged = StagedFile::create(to)?;
        std::io::copy(&mut source, &mut staged.file)
            .map_err(|e| DatasetError::io(staged.path(), "written", e))?;
        return staged.publish();
    }
    let renamed = fs::rename(&temporary, &to).map_err(|e| DatasetError::io(&to, "written", e));
    // Two names of one file are not renamed to each other: then the first stays.
    let _ = fs::remove_file(&temporary);
    renamed.and_then(|()| to.parent().map_or(Ok(()), sync_directory))
}

/// Whether a name is a temporary one of a file whose name begins so.
pub(crate) fn is_temporary_of(name: &str, beginning: &str) -> bool {
    let ours = name.strip_prefix('.').is_some_and(|rest| rest.starts_with(beginning));
    ours && name.ends_with(ENDING)
}

/// `.name.<random>.tmp` beside `path`.
fn temporary(path: &Path) -> PathBuf {
    let random = RandomState::new().build_hasher().finish();
    let name = path.file_name().unwrap_or_default().display();
    path.with_file_name(format!(".{name}.{random:016x}{ENDING}"))
}

/// Makes the names in a directory last through a power failure.
pub(crate) fn sync_directory(directory: &Path) -> Result<()> {
    if cfg!(unix) {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        File::open(directory)
            .and_then(|d| d.sync_all())
            .map_err(|e| DatasetError::io(directory, "written", e))?;
    }
    Ok(())
}
