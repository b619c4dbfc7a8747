//! Reading a file that somebody names: only a regular file, and only up to a size.

use crate::error::unreadable;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What kind of file is read, and how large it may be.
pub(crate) struct InputFile {
    /// With its article, as a message calls it.
    pub noun: &'static str,
    /// Largest size in bytes.
    pub most: u64,
    /// What to do about a larger one.
    pub remedy: &'static str,
}

impl InputFile {
    /// The bytes of the file, or why there are none, with what to do.
    ///
    /// A pipe would be waited for and a device never ends, so both are refused before they are opened.
    pub(crate) fn read(&self, path: &Path) -> Result<Vec<u8>, (String, &'static str)> {
        let metadata = std::fs::metadata(path).map_err(|e| unreadable(&e))?;
        if metadata.is_dir() {
            return Err(unreadable(&std::io::ErrorKind::IsADirectory.into()));
        }
        if !metadata.is_file() {
            let reason = "is a pipe, a socket or a device, not a regular file".to_owned();
            return Err((reason, "Save what it delivers in a file, and name that."));
        }
        let mut bytes = Vec::new();
        // A file may be longer than it said, and is read no further than it may go.
        let read = |file: File| file.take(self.most + 1).read_to_end(&mut bytes);
        if metadata.len() <= self.most {
            File::open(path).and_then(read).map_err(|e| unreadable(&e))?;
        }
        if metadata.len().max(bytes.len() as u64) > self.most {
            let reason = format!("is larger than {}, which {} is not", size(self.most), self.noun);
            return Err((reason, self.remedy));
        }
        Ok(bytes)
    }
}

/// A size in the largest binary unit that divides it.
pub(crate) fn size(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = units.into_iter().find(|(bits, _)| bytes.trailing_zeros() >= *bits);
    unit.map_or(format!("{bytes} bytes"), |(bits, unit)| format!("{} {unit}", bytes >> bits))
}
