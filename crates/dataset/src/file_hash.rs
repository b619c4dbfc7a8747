//! The hash of a file's bytes, taken while they are written and when they are read.

use crate::bounded::open_regular;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::str::FromStr;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

const PREFIX: &str = "xxh3-128:";

/// XXH3-128 of a file's bytes: finds any byte that has changed. It guards against accidents, not against forgery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileHash(u128);

impl FileHash {
    /// The hash of bytes in memory.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes))
    }

    /// Reads a file; returns its hash and its length in bytes.
    pub(crate) fn of_file(path: &Path) -> io::Result<(Self, u64)> {
        const PIECE: usize = 1 << 20;
        let (mut file, mut hasher, mut bytes) = (open_regular(path)?, Xxh3::new(), 0);
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece) {
                Ok(0) => return Ok((Self(hasher.digest128()), bytes)),
                Ok(n) => {
                    hasher.update(&piece[..n]);
                    bytes += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }
}

/// A file that is written from front to end, and hashed on the way.
pub(crate) struct HashedFile {
    file: File,
    hasher: Box<Xxh3>,
    bytes: u64,
}

impl HashedFile {
    pub fn new(file: File) -> Self {
        Self { file, hasher: Box::new(Xxh3::new()), bytes: 0 }
    }

    /// Hash and length of what has been written.
    pub fn written(&self) -> (FileHash, u64) {
        (FileHash(self.hasher.digest128()), self.bytes)
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{:032x}", self.0)
    }
}

impl FromStr for FileHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.strip_prefix(PREFIX)
            .filter(|digits| digits.len() == 32)
            .and_then(|digits| u128::from_str_radix(digits, 16).ok())
            .map(Self)
            .ok_or_else(|| format!("expected {PREFIX} and 32 hexadecimal digits, found {text:?}"))
    }
}

impl Serialize for FileHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FileHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
