//! The rows of a patient table read back, a few thousand at a time.

use crate::Result;
use crate::column::Column;
use crate::error::DatasetError;
use crate::identity::RunIdentity;
use crate::part;
use crate::part_file::PartFile;
use crate::patient_rows::{PatientRows, RowArms, no_column, texts};
use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use cartrial_cohort::Allocation;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::path::{Path, PathBuf};

/// Rows that are read at a time.
const CHUNK: usize = 1 << 13;
/// The column with a row's arm.
const ARM: &str = "arm";

/// How rows are read from the files of one results directory.
#[derive(Clone, Debug)]
pub(crate) struct TableReader {
    pub directory: PathBuf,
    pub columns: Vec<Column>,
    arms: Vec<String>,
    randomised: bool,
}

impl TableReader {
    /// A reader of that run's files in `directory`.
    pub fn new(directory: &Path, identity: &RunIdentity, columns: Vec<Column>) -> Self {
        Self {
            directory: directory.to_owned(),
            columns,
            arms: identity.study.arms.iter().map(|arm| arm.name.clone()).collect(),
            randomised: identity.study.allocation == Allocation::Randomised,
        }
    }

    /// Rows of a patient.
    pub fn rows_per_patient(&self) -> usize {
        if self.randomised { 1 } else { self.arms.len() }
    }

    /// The rows of those files with the columns of those names, all if none is named.
    pub fn chunks(&self, names: &[&str], files: Vec<PartFile>) -> Result<Chunks> {
        let all: Vec<_> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let wanted = if names.is_empty() { &all } else { names };
        let position = |name: &&str| all.iter().position(|c| c == name).ok_or_else(|| no_column(name, &all));
        let mut wanted = wanted.iter().map(position).collect::<Result<Vec<_>>>()?;
        if self.randomised {
            wanted.push(position(&ARM)?);
        }
        Ok(Chunks { reader: self.clone(), wanted, files: files.into_iter(), open: None })
    }

    fn rows(&self, batch: Result<RecordBatch, ArrowError>) -> Result<PatientRows, ArrowError> {
        let (batch, arms) = (batch?, &self.arms);
        let row_arms = if self.randomised {
            let names = batch.column_by_name(ARM).and_then(texts);
            let number = |name: Option<&str>| arms.iter().position(|arm| Some(arm.as_str()) == name);
            let numbers = names.and_then(|names| names.map(number).collect());
            let unknown = || ArrowError::SchemaError("a row is in no arm of the study".to_owned());
            RowArms::Randomised { arms: arms.len(), of_row: numbers.ok_or_else(unknown)? }
        } else {
            RowArms::Twins(arms.len())
        };
        PatientRows::read(batch, row_arms)
    }

    fn open(&self, path: &Path, wanted: &[usize]) -> Result<ParquetRecordBatchReader> {
        let (file, metadata) = part::open(path.to_owned())?;
        let arms = self.rows_per_patient();
        let mask = ProjectionMask::roots(metadata.parquet_schema(), wanted.iter().copied());
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
            .with_projection(mask)
            .with_batch_size(CHUNK.div_ceil(arms) * arms)
            .build()
            .map_err(|e| unreadable(path, e))
    }
}

/// The rows of a patient table, a few thousand at a time.
pub struct Chunks {
    reader: TableReader,
    wanted: Vec<usize>,
    files: std::vec::IntoIter<PartFile>,
    open: Option<(PathBuf, ParquetRecordBatchReader)>,
}

impl Iterator for Chunks {
    type Item = Result<PatientRows>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((path, reader)) = &mut self.open {
                if let Some(batch) = reader.next() {
                    return Some(self.reader.rows(batch).map_err(|e| unreadable(path, e)));
                }
                self.open = None;
            }
            let path = self.reader.directory.join(&self.files.next()?.path);
            match self.reader.open(&path, &self.wanted) {
                Ok(reader) => self.open = Some((path, reader)),
                Err(e) => return Some(Err(e)),
            }
        }
    }
}

fn unreadable(path: &Path, error: impl std::fmt::Display) -> DatasetError {
    DatasetError::damaged(path, format!("cannot be decoded ({error})"))
}
