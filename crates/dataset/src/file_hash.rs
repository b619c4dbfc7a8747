//! The hash of a file's bytes, taken while they are written and when they are read.

use crate::bounded::open_regular;
use crate::hash_text::hash_text;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::path::Path;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// XXH3-128 of a file's bytes: finds any byte that has changed. It guards against accidents, not against forgery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileHash(u128);

hash_text!(FileHash, "xxh3-128:");

impl FileHash {
    /// The hash of bytes in memory.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes))
    }
}

/// What identifies the bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileBytes {
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Identifies the file, byte for byte.
    pub file_hash: FileHash,
}

impl FileBytes {
    /// Those of bytes in memory.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, file_hash: FileHash::of(bytes) }
    }

    /// Those of a file, which is read.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let mut hashed = Hashed::new(io::sink());
        io::copy(&mut open_regular(path)?, &mut hashed)?;
        Ok(hashed.written())
    }
}

/// Something that is written from front to end, and hashed on the way.
pub(crate) struct Hashed<W> {
    inner: W,
    hasher: Box<Xxh3>,
    bytes: u64,
}

impl<W> Hashed<W> {
    pub fn new(inner: W) -> Self {
        Self { inner, hasher: Box::new(Xxh3::new()), bytes: 0 }
    }

    /// What has been written.
    pub fn written(&self) -> FileBytes {
        FileBytes { bytes: self.bytes, file_hash: FileHash(self.hasher.digest128()) }
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
