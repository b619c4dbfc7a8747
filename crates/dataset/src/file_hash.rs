//! The SHA-256 of a file's bytes, taken while they are written and when they are read.

use crate::bounded::open_regular;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

/// SHA-256 (FIPS 180-4) of a file's bytes, written as the 64 hexadecimal digits of `sha256sum`.
///
/// Nobody can make another file with the same hash. So whoever keeps the manifest, or the hash of the manifest, in a safe place can
/// tell whether any file is the one that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileHash([u8; 32]);

impl FileHash {
    /// The hash of bytes in memory.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for FileHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let byte = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        let is_hex = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let bytes: Option<Vec<u8>> =
            is_hex.then(|| text.as_bytes().chunks_exact(2).map(byte).collect()).flatten();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| format!("expected 64 hexadecimal digits, found {text:?}"))
    }
}

impl Serialize for FileHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FileHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// What identifies the bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileBytes {
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Identifies the file, byte for byte.
    pub sha256: FileHash,
}

impl FileBytes {
    /// Those of bytes in memory.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, sha256: FileHash::of(bytes) }
    }

    /// Those of a file, which is read.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        /// What is read at a time.
        const BUFFER: usize = 1 << 18;
        let mut hashed = Hashed::new(io::sink());
        let mut file = io::BufReader::with_capacity(BUFFER, open_regular(path)?);
        io::copy(&mut file, &mut hashed)?;
        Ok(hashed.written())
    }
}

/// Something that is written from front to end, and hashed on the way.
pub(crate) struct Hashed<W> {
    inner: W,
    hasher: Sha256,
    bytes: u64,
}

impl<W> Hashed<W> {
    pub fn new(inner: W) -> Self {
        Self { inner, hasher: Sha256::new(), bytes: 0 }
    }

    /// What has been written.
    pub fn written(&self) -> FileBytes {
        FileBytes { bytes: self.bytes, sha256: FileHash(self.hasher.clone().finalize().into()) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ref_the_hash_is_that_of_coreutils_9() {
        // printf 'd2\n1.5\n' | sha256sum
        let digits = "ee41104f7d7f6cf663ace3805745d88029b475c727eec3c3f62061d5df1dabdc";
        let hash = FileHash::of(b"d2\n1.5\n");
        assert_eq!(hash.to_string(), digits);
        assert_eq!(digits.parse(), Ok(hash));
        let mut hashed = Hashed::new(io::sink());
        hashed.write_all(b"d2\n1").unwrap();
        hashed.write_all(b".5\n").unwrap();
        assert_eq!(hashed.written(), FileBytes { bytes: 7, sha256: hash });
        for wrong in
            ["", &digits[1..], &digits.replace('f', "g"), &format!("+{}", &digits[1..]), &"é".repeat(32)]
        {
            let error = wrong.parse::<FileHash>().unwrap_err();
            assert!(error.starts_with("expected 64 hexadecimal digits"), "{error}");
        }
    }
}
