//! Parquet files that may lie: what they claim is checked before the `parquet` crate allocates it, and its panics are
//! caught. For cohort tables, and for whoever else reads flat Parquet files that may come from anywhere.

mod pages;
mod panics;
mod sizes;

use ::parquet::bloom_filter::Sbbf;
use ::parquet::column::page::PageReader;
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use ::parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use ::parquet::record::reader::RowIter;
use ::parquet::schema::types::Type;
use pages::CheckedPages;
pub use panics::without_panic;
use sizes::CheckedChunks;

/// Longest text of a cell, in bytes: names and labels, not documents. A dictionary can repeat a text in every row.
pub const MOST_TEXT_BYTES: usize = 4096;

/// A Parquet file without lists, of which nothing is decoded that the rest of it belies.
pub struct CheckedFile<R: ChunkReader>(SerializedFileReader<CheckedChunks<R>>);

struct CheckedRowGroup<'a>(Box<dyn RowGroupReader + 'a>);

impl<R: ChunkReader + 'static> CheckedFile<R> {
    /// Reads the footer of a file of which at most `most_bytes` are to be unpacked.
    ///
    /// # Errors
    /// If it has none, or has another number of rows in its row groups than it claims.
    pub fn new(file: R, most_bytes: u64) -> Result<Self> {
        let reader = SerializedFileReader::new(CheckedChunks::new(file, most_bytes))?;
        let rows = reader.metadata().file_metadata().num_rows();
        let add = |sum: i64, group: &RowGroupMetaData| {
            sum.checked_add(group.num_rows()).filter(|_| group.num_rows() >= 0)
        };
        if reader.metadata().row_groups().iter().try_fold(0, add) == Some(rows) {
            Ok(Self(reader))
        } else {
            Err(damaged(format!("it claims {rows} rows, and its row groups another number of them")))
        }
    }
}

impl<R: ChunkReader + 'static> FileReader for CheckedFile<R> {
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
        let pages = self.0.get_column_page_reader(i)?;
        Ok(Box::new(CheckedPages::new(pages, self.metadata(), i)))
    }

    fn get_column_bloom_filter(&self, i: usize) -> Option<&Sbbf> {
        self.0.get_column_bloom_filter(i)
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_row_group(projection, self)
    }
}

/// What a file has or claims to have, though no file that is read has so much; in a [`ParquetError::External`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TooMuch(String);

/// Why a file cannot be read.
pub fn reason(error: &ParquetError) -> String {
    match error {
        ParquetError::General(why) => why.clone(),
        ParquetError::External(cause) => cause.to_string(),
        other => other.to_string(),
    }
}

fn too_much(why: String) -> ParquetError {
    ParquetError::External(Box::new(TooMuch(why)))
}

fn damaged(why: String) -> ParquetError {
    ParquetError::General(why)
}
