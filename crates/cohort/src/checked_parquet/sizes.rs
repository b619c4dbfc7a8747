//! The bytes of a file, with the size that each page claims to have when unpacked.

use super::{damaged, too_much};
use ::bytes::Bytes;
use ::parquet::errors::Result;
use ::parquet::file::reader::{ChunkReader, Length};
use std::io::{Chain, Cursor, Read};
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest page when unpacked. Writers make pages of about a MiB.
const MOST_PAGE_BYTES: i64 = 64 << 20;

/// What the end of the footer takes: no page with its header is that short.
const FOOTER_BYTES: u64 = 8;

/// Two fields of a page header at most: for each its type, and an integer of 32 bits in portions of seven.
const TWO_FIELDS: u64 = 12;

/// The bytes of a file, from which pages are read as long as they are not too many.
pub(super) struct CheckedChunks<R> {
    file: R,
    most_bytes: u64,
    unpacked: AtomicU64,
}

impl<R> CheckedChunks<R> {
    pub fn new(file: R, most_bytes: u64) -> Self {
        Self { file, most_bytes, unpacked: AtomicU64::new(0) }
    }

    /// Looks at the beginning of a page's header.
    fn check(&self, header: &[u8]) -> Result<()> {
        let size = unpacked_size(header).ok_or_else(|| damaged("a page has no valid header".into()))?;
        if size > MOST_PAGE_BYTES {
            return Err(too_much(format!("a page claims {size} bytes")));
        }
        let size = size.unsigned_abs();
        if self.unpacked.fetch_add(size, Ordering::Relaxed).saturating_add(size) > self.most_bytes {
            let most = crate::input_file::size(self.most_bytes);
            return Err(too_much(format!("its pages unpack to more than {most}")));
        }
        Ok(())
    }
}

impl<R: Length> Length for CheckedChunks<R> {
    fn len(&self) -> u64 {
        self.file.len()
    }
}

impl<R: ChunkReader> ChunkReader for CheckedChunks<R> {
    type T = Chain<Cursor<Vec<u8>>, R::T>;

    /// Called for the header of a page, so this is where its size is looked at, and for the end of the footer.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let Some(rest) = self.file.len().checked_sub(start) else {
            return Err(damaged("a page lies outside the file".into()));
        };
        let mut file = self.file.get_read(start)?;
        let mut beginning = Vec::new();
        file.by_ref().take(TWO_FIELDS).read_to_end(&mut beginning)?;
        if rest != FOOTER_BYTES {
            self.check(&beginning)?;
        }
        Ok(Cursor::new(beginning).chain(file))
    }

    /// Whoever asks for more than there is would be given the memory for it first.
    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        match start.checked_add(length as u64) {
            Some(end) if end <= self.file.len() => self.file.get_bytes(start, length),
            _ => Err(damaged("a page lies outside the file".into())),
        }
    }
}

/// The size that a page header claims for the page when unpacked. A header begins with its fields 1 and 2, a type and
/// this size, in Thrift's compact form: 0x15 for each, then a zigzag integer.
fn unpacked_size(header: &[u8]) -> Option<i64> {
    const NEXT_FIELD_IS_AN_I32: u8 = 0x15;
    let mut bytes = header.iter().copied();
    let mut integer = || {
        (bytes.next()? == NEXT_FIELD_IS_AN_I32).then_some(())?;
        let mut value = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = bytes.next()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some((value >> 1) as i64 ^ -((value & 1) as i64));
            }
        }
        None
    };
    integer()?;
    integer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checked_parquet::CheckedFile;
    use ::parquet::data_type::DoubleType;
    use ::parquet::file::reader::FileReader;
    use ::parquet::file::writer::SerializedFileWriter;
    use ::parquet::schema::parser::parse_message_type;
    use std::sync::Arc;

    #[test]
    fn pages_are_unpacked_as_long_as_they_are_not_too_many() -> Result<()> {
        let schema = Arc::new(parse_message_type("message t { required double d2; }")?);
        let mut bytes = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::default())?;
        for _ in 0..3 {
            let mut group = writer.next_row_group()?;
            let mut column = group.next_column()?.ok_or_else(|| damaged("a column".into()))?;
            let values: Vec<f64> = (0..100).map(f64::from).collect();
            column.typed::<DoubleType>().write_batch(&values, None, None)?;
            column.close()?;
            group.close()?;
        }
        writer.close()?;
        // In each row group a dictionary of 800 bytes, and a page of 89: the width of its numbers, then 7 bits for each.
        let read = |most_bytes| {
            let file = CheckedFile::new(Bytes::from(bytes.clone()), most_bytes)?;
            file.get_row_iter(None)?.collect::<Result<Vec<_>>>()
        };
        let all = read(u64::MAX)?.len();
        assert_eq!(all, 300);
        let unpacked = (1..).find(|most| read(*most).is_ok()).unwrap_or_default();
        assert!((2400..2800).contains(&unpacked), "{unpacked}");
        let refused = read(2 << 10).map(|rows| rows.len()).map_err(|e| e.to_string());
        assert_eq!(refused, Err("External: its pages unpack to more than 2 KiB".to_owned()));
        Ok(())
    }
}
