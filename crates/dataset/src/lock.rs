//! One run at a time in a results directory.

use crate::Result;
use crate::bounded::open_regular;
use crate::error::DatasetError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

const LOCK: &str = ".lock";

/// The right to write to a results directory. The system takes it back when the process ends, however it ends.
///
/// Where the file system knows no locks there is none: two runs into one directory then do the same work twice, each
/// under temporary names of its own.
#[derive(Debug)]
pub(crate) struct DirectoryLock {
    path: PathBuf,
    /// Nothing where the file system knows no locks.
    file: Option<File>,
}

impl DirectoryLock {
    /// Takes the lock of a directory that exists.
    pub fn take(directory: &Path) -> Result<Self> {
        let path = directory.join(LOCK);
        // A link would be followed, and what it leads to overwritten.
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(DatasetError::Foreign { path, reason: "is no regular file" });
        }
        loop {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            let mut file = options.open(&path).map_err(|e| DatasetError::io(&path, "created", e))?;
            match file.try_lock() {
                // Its last holder may have removed the file between our opening and locking it.
                Ok(()) if !is_still(&file, &path) => {}
                Ok(()) => {
                    let text = format!("{}", std::process::id());
                    file.set_len(0)
                        .and_then(|()| file.write_all(text.as_bytes()))
                        .map_err(|e| DatasetError::io(&path, "written", e))?;
                    return Ok(Self { path, file: Some(file) });
                }
                Err(TryLockError::WouldBlock) => return Err(busy(directory, &mut file)),
                Err(TryLockError::Error(e)) if e.kind() == ErrorKind::Unsupported => {
                    return Ok(Self { path, file: None });
                }
                Err(TryLockError::Error(e)) => return Err(DatasetError::io(&path, "locked", e)),
            }
        }
    }

    /// Refuses a directory to which a run is writing; creates nothing.
    pub fn check_free(directory: &Path) -> Result<()> {
        let Ok(mut file) = open_regular(&directory.join(LOCK)) else { return Ok(()) };
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Err(busy(directory, &mut file)),
            _ => Ok(()),
        }
    }

    /// Whether no other process can be writing here.
    pub fn is_exclusive(&self) -> bool {
        self.file.is_some()
    }
}

impl Drop for DirectoryLock {
    fn drop(&mut self) {
        // A file that stays behind is locked by nobody and harms nobody.
        let _ = fs::remove_file(&self.path);
    }
}

fn busy(directory: &Path, file: &mut File) -> DatasetError {
    let mut process = String::new();
    // The holder may not have written its number yet.
    let _ = file.take(20).read_to_string(&mut process);
    DatasetError::Busy { directory: directory.into(), process: process.parse().ok() }
}

/// Whether `path` leads to the file that is open.
#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(there)) => identity(open) == identity(there),
        _ => false,
    }
}

/// An open file cannot be removed there.
#[cfg(not(unix))]
fn is_still(_: &File, _: &Path) -> bool {
    true
}
