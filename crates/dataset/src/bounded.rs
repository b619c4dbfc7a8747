//! Files that are read as a whole, which therefore must not be endless.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Longest manifest or journal: room for the parts of a hundred billion patients.
const MOST_BYTES: u64 = 1 << 28;

/// Reads a regular file of at most 256 MiB. Anything else, a device or a pipe, is not even opened.
pub(crate) fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::other("it has more than 256 MiB, which no file of this kind has"));
    }
    Ok(bytes)
}
