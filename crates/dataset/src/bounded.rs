//! Files that must not be endless: regular ones, and where they are read as a whole, of a bounded size.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

const MIB: u64 = 1 << 20;
/// Longest manifest or journal: room for the parts of a hundred billion patients.
pub(crate) const MOST_TEXT: u64 = 256 * MIB;
/// Most bytes of accumulators for each arm: with the rows that are kept for ranks and curves, they come to some 35 MB.
pub(crate) const MOST_ACCUMULATED: u64 = 64 * MIB;

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

/// Reads a regular file of at most so many bytes, a number of MiB.
pub(crate) fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let reason = format!("has more than {} MiB, which no file of this kind has", most / MIB);
        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    }
    Ok(bytes)
}
