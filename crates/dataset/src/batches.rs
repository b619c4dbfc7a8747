//! The rows of a Parquet file of the results, as Arrow has them.

use crate::Result;
use crate::error::DatasetError;
use crate::part;
use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use cartrial_cohort::checked_parquet::{reason, without_panic};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader;
use parquet::schema::types::SchemaDescriptor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a file is not read on at which the `parquet` crate panicked.
const PANICKED: &str = "its pages are damaged";

/// The rows of a file, some at a time. It may have been forged together with its hash: it ends in an error then, not in a
/// panic.
pub(crate) struct Batches {
    path: PathBuf,
    reader: Option<ParquetRecordBatchReader>,
}

impl Batches {
    /// Opens a file, to be read so many rows at a time; `columns` chooses among those that it has.
    pub fn open(
        path: PathBuf,
        columns: impl FnOnce(&SchemaDescriptor) -> ProjectionMask,
        rows: usize,
    ) -> Result<Self> {
        let (file, metadata) = part::open(path.clone())?;
        let read = || -> Result<_, ParquetError> {
            let (schema, fields) = (metadata.parquet_schema(), metadata.schema().fields());
            let levels = parquet_to_arrow_field_levels(schema, columns(schema), Some(fields))?;
            let file: Arc<dyn FileReader> = Arc::new(file);
            ParquetRecordBatchReader::try_new_with_row_groups(&levels, &file, rows, None)
        };
        match without_panic(read) {
            Some(Ok(reader)) => Ok(Self { path, reader: Some(reader) }),
            Some(Err(e)) => Err(unreadable(&path, reason(&e))),
            None => Err(unreadable(&path, PANICKED)),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        // What failed or panicked is not read on.
        let mut reader = self.reader.take()?;
        match without_panic(|| reader.next()) {
            Some(Some(Ok(batch))) => {
                self.reader = Some(reader);
                Some(Ok(batch))
            }
            Some(Some(Err(ArrowError::ParquetError(e)))) => {
                // What is wrong comes after whose error it is.
                let reason = ["Parquet error: ", "External: "].iter().find_map(|whose| e.strip_prefix(whose));
                Some(Err(unreadable(&self.path, reason.unwrap_or(&e))))
            }
            Some(Some(Err(e))) => Some(Err(unreadable(&self.path, e))),
            Some(None) => None,
            None => Some(Err(unreadable(&self.path, PANICKED))),
        }
    }
}

/// A file of the results whose rows are not what they should be.
pub(crate) fn unreadable(path: &Path, error: impl std::fmt::Display) -> DatasetError {
    DatasetError::damaged(path, format!("cannot be decoded ({error})"))
}
