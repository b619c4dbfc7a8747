//! Files that must not be endless: regular ones, and where they are read as a whole, of a bounded size.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Longest manifest or journal: room for the parts of a hundred billion patients.
const MOST_BYTES: u64 = 1 << 28;

/// Opens a regular file. Anything else, a device or a pipe, is not even opened: it may never end, or never begin.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "is no regular file"));
    }
    File::open(path)
}

/// Reads a regular file of at most 256 MiB.
pub(crate) fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "has more than 256 MiB, which no file of this kind has",
        ));
    }
    Ok(bytes)
}
