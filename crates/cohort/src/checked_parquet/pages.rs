//! The pages of a column, checked against each other and against the rows that there should be.

use super::{MOST_TEXT_BYTES, damaged, too_much};
use crate::error::quoted;
use ::parquet::basic::{Encoding, Type};
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::errors::Result;
use ::parquet::file::metadata::RowGroupMetaData;

/// Pages of as many values as the row group has rows.
pub(super) struct CheckedPages {
    pages: Box<dyn PageReader>,
    /// The column's name, as messages have it.
    name: String,
    is_text: bool,
    rows: u64,
    /// Values that have not come yet.
    left: u64,
}

impl CheckedPages {
    /// The pages of a column, none of whose values is a list.
    pub fn new(pages: Box<dyn PageReader>, group: &RowGroupMetaData, column: usize) -> Self {
        let rows = group.num_rows().unsigned_abs();
        let column = group.column(column);
        let name = quoted(&column.column_path().string());
        Self { pages, name, is_text: column.column_type() == Type::BYTE_ARRAY, rows, left: rows }
    }

    /// Refuses a page for whose values the decoder would allocate more than there is.
    fn check(&mut self, page: &Page) -> Result<()> {
        let Self { name, rows, .. } = self;
        let (bytes, values) = (page.buffer().len(), page.num_values());
        if page.is_dictionary_page() {
            // Every value of a dictionary takes a byte at least.
            if values as usize > bytes {
                return Err(damaged(format!(
                    "column {name}: a dictionary of {bytes} bytes claims {values} values"
                )));
            }
            return if self.is_text { self.check_texts(page.buffer()) } else { Ok(()) };
        }
        if matches!(page.encoding(), Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) {
            let encoding = page.encoding();
            return Err(damaged(format!("column {name}: text is encoded as {encoding}, which is not read")));
        }
        // The values of several pages are held together: they must not be few and large.
        if bytes > (values as usize + 1).saturating_mul(MOST_TEXT_BYTES) {
            return Err(too_much(format!(
                "column {name}: {values} values have {bytes} bytes, more than {MOST_TEXT_BYTES} each"
            )));
        }
        let left = self.left.checked_sub(u64::from(values));
        self.left =
            left.ok_or_else(|| damaged(format!("column {name}: has more values than {rows} rows")))?;
        Ok(())
    }

    /// Refuses a dictionary with a text that is too long, since each may stand for any number of rows. Every text comes
    /// after its length in four bytes.
    fn check_texts(&self, mut dictionary: &[u8]) -> Result<()> {
        while let Some((length, rest)) = dictionary.split_first_chunk() {
            let length = u32::from_le_bytes(*length) as usize;
            if length > MOST_TEXT_BYTES {
                let name = &self.name;
                return Err(too_much(format!(
                    "column {name}: a text of {length} bytes, more than {MOST_TEXT_BYTES}"
                )));
            }
            dictionary = rest.get(length..).unwrap_or_default();
        }
        Ok(())
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        match self.pages.get_next_page()? {
            Some(page) => {
                self.check(&page)?;
                Ok(Some(page))
            }
            None if self.left == 0 => Ok(None),
            None => {
                let (name, rows) = (&self.name, self.rows);
                Err(damaged(format!("column {name}: ends after {} of {rows} rows", rows - self.left)))
            }
        }
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

impl Iterator for CheckedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
