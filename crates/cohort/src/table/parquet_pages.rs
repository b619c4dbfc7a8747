//! A Parquet file whose pages may lie: what they claim is checked before the `parquet` crate allocates it.

use ::bytes::{Buf, Bytes};
use ::parquet::basic::Encoding;
use ::parquet::bloom_filter::Sbbf;
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use ::parquet::file::reader::{ChunkReader, FileReader, Length, RowGroupReader, SerializedFileReader};
use ::parquet::record::reader::RowIter;
use ::parquet::schema::types::Type;

/// Largest page when unpacked. Writers make pages of about a MiB.
const MOST_PAGE_BYTES: i64 = 64 << 20;

/// What the end of the footer takes: no page with its header is that short.
const FOOTER_BYTES: usize = 8;

/// A Parquet file in memory.
pub(super) struct CheckedFile(SerializedFileReader<Chunks>);

struct CheckedRowGroup<'a>(Box<dyn RowGroupReader + 'a>);

struct CheckedPages(Box<dyn PageReader>);

/// The bytes of the file, from which pages are read.
struct Chunks(Bytes);

impl CheckedFile {
    pub(super) fn new(bytes: Bytes) -> Result<Self> {
        SerializedFileReader::new(Chunks(bytes)).map(Self)
    }
}

impl FileReader for CheckedFile {
    fn metadata(&self) -> &ParquetMetaData {
        self.0.metadata()
    }

    fn num_row_groups(&self) -> usize {
        self.0.num_row_groups()
    }

    fn get_row_group(&self, i: usize) -> Result<Box<dyn RowGroupReader + '_>> {
        Ok(Box::new(CheckedRowGroup(self.0.get_row_group(i)?)))
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_file(projection, self)
    }
}

impl RowGroupReader for CheckedRowGroup<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.0.metadata()
    }

    fn num_columns(&self) -> usize {
        self.0.num_columns()
    }

    fn get_column_page_reader(&self, i: usize) -> Result<Box<dyn PageReader>> {
        Ok(Box::new(CheckedPages(self.0.get_column_page_reader(i)?)))
    }

    fn get_column_bloom_filter(&self, i: usize) -> Option<&Sbbf> {
        self.0.get_column_bloom_filter(i)
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_row_group(projection, self)
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.0.get_next_page()?;
        page.as_ref().map_or(Ok(()), check)?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0.skip_next_page()
    }
}

impl Iterator for CheckedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

/// Refuses a page for whose values the decoder would allocate more than there is.
fn check(page: &Page) -> Result<()> {
    match page {
        // Every value of a dictionary takes a byte at least.
        Page::DictionaryPage { buf, num_values, .. } if *num_values as usize > buf.len() => {
            Err(damaged(format!("a dictionary of {} bytes claims {num_values} values", buf.len())))
        }
        _ if matches!(page.encoding(), Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) => {
            Err(damaged(format!("text is encoded as {}, which is not read", page.encoding())))
        }
        _ => Ok(()),
    }
}

fn damaged(why: String) -> ParquetError {
    ParquetError::General(why)
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }
}

impl ChunkReader for Chunks {
    type T = ::bytes::buf::Reader<Bytes>;

    /// Called for the header of a page, so this is where its size is looked at, and for the end of the footer.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let length = self.0.len();
        let start = usize::try_from(start).ok().filter(|start| *start <= length);
        let rest = self.0.slice(start.ok_or_else(|| damaged("a page lies outside the file".into()))?..);
        if rest.len() == FOOTER_BYTES {
            return Ok(rest.reader());
        }
        let size = unpacked_size(&rest).ok_or_else(|| damaged("a page has no valid header".into()))?;
        if size > MOST_PAGE_BYTES {
            return Err(damaged(format!("a page claims {size} bytes")));
        }
        Ok(rest.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.0.get_bytes(start, length)
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
