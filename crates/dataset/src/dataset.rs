//! Results read back.

use crate::Result;
use crate::column::Column;
use crate::error::DatasetError;
use crate::hash::ContentHash;
use crate::manifest::{Manifest, PartFile};
use crate::part;
use crate::patient_rows::{PatientRows, RowArms, no_column};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_schema::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::path::{Path, PathBuf};

/// Rows that are read at a time.
const CHUNK: usize = 1 << 13;
/// The column with a row's arm.
const ARM: &str = "arm";

/// The results of a complete run, on disk.
#[derive(Clone, Debug)]
pub struct Dataset {
    directory: PathBuf,
    manifest: Manifest,
    columns: Vec<Column>,
}

impl Dataset {
    /// Opens the results in `directory`: reads the manifest and the footer of every file.
    ///
    /// # Errors
    /// [`DatasetError::NotResults`] if there are none or no complete ones, [`DatasetError::Damaged`] if a file is
    /// missing, cut off, of another version, or has other rows than the manifest says.
    pub fn open(directory: &Path) -> Result<Self> {
        let manifest = Manifest::read(directory)?;
        let mut columns: Option<Vec<Column>> = None;
        for file in &manifest.files {
            let path = directory.join(&file.path);
            let (_, metadata) = part::open(path.clone())?;
            let rows = metadata.metadata().file_metadata().num_rows();
            if u64::try_from(rows) != Ok(file.rows) {
                let reason = format!("has {rows} rows, and the manifest says {}", file.rows);
                return Err(DatasetError::damaged(&path, reason));
            }
            let fields = metadata.schema().fields().iter();
            let found = fields.map(|field| Column::from_field(field)).collect::<Option<Vec<_>>>();
            match (found, &columns) {
                (Some(found), None) => columns = Some(found),
                (Some(found), Some(others)) if found == *others => {}
                _ => {
                    return Err(DatasetError::damaged(
                        &path,
                        "has columns that are not those of these results",
                    ));
                }
            }
        }
        let total: u64 = manifest.files.iter().map(|file| file.rows).sum();
        if total != manifest.rows
            || manifest.arms.is_empty()
            || !total.is_multiple_of(manifest.rows_per_patient() as u64)
        {
            let reason = format!(
                "does not add up: {} rows of {} arms, and {total} in its files",
                manifest.rows,
                manifest.arms.len()
            );
            return Err(DatasetError::damaged(&directory.join(crate::directory::MANIFEST), reason));
        }
        Ok(Self { directory: directory.to_owned(), manifest, columns: columns.unwrap_or_default() })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Every column, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// All rows in order, a few thousand at a time, with the columns of those names alone; all columns if none is
    /// named. A chunk never divides the rows of a patient. Where patients are randomised, the column `arm` comes as well.
    ///
    /// # Errors
    /// [`DatasetError::Column`] if there is no such column. The items are errors where a file cannot be read.
    pub fn chunks(&self, names: &[&str]) -> Result<Chunks<'_>> {
        let all: Vec<_> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let wanted = if names.is_empty() { &all } else { names };
        let position = |name: &&str| all.iter().position(|c| c == name).ok_or_else(|| no_column(name, &all));
        let mut wanted = wanted.iter().map(position).collect::<Result<Vec<_>>>()?;
        if self.manifest.is_randomised() {
            wanted.push(position(&ARM)?);
        }
        Ok(Chunks { dataset: self, wanted, files: self.manifest.files.iter(), open: None })
    }

    fn rows(&self, batch: Result<RecordBatch, ArrowError>) -> Result<PatientRows, ArrowError> {
        let (batch, arms) = (batch?, &self.manifest.arms);
        let row_arms = if self.manifest.is_randomised() {
            let names = batch.column_by_name(ARM).and_then(|column| column.as_string_opt::<i32>());
            let number = |name: Option<&str>| arms.iter().position(|arm| Some(arm.as_str()) == name);
            let numbers = names.and_then(|names| names.iter().map(number).collect());
            let unknown = || ArrowError::SchemaError("a row is in no arm of the study".to_owned());
            RowArms::Randomised { arms: arms.len(), of_row: numbers.ok_or_else(unknown)? }
        } else {
            RowArms::Twins(arms.len())
        };
        PatientRows::read(batch, row_arms)
    }

    /// Reads everything and recomputes the content hash.
    ///
    /// # Errors
    /// [`DatasetError::Damaged`] naming the first file whose rows are not those that were written.
    pub fn verify(&self) -> Result<ContentHash> {
        let columns = ContentHash::columns(&self.columns);
        let mut total = ContentHash::EMPTY;
        for file in &self.manifest.files {
            let alone = std::slice::from_ref(file).iter();
            let wanted = (0..self.columns.len()).collect();
            let mut hash = ContentHash::EMPTY;
            for rows in (Chunks { dataset: self, wanted, files: alone, open: None }) {
                hash = hash.plus(ContentHash::of(columns, rows?.batch()));
            }
            if hash != file.content_hash {
                let reason = format!("has the content {hash}, and the manifest says {}", file.content_hash);
                return Err(DatasetError::damaged(&self.directory.join(&file.path), reason));
            }
            total = total.plus(hash);
        }
        if total == self.manifest.content_hash {
            Ok(total)
        } else {
            let reason = format!(
                "has the content hash {}, and its files add up to {total}",
                self.manifest.content_hash
            );
            Err(DatasetError::damaged(&self.directory.join(crate::directory::MANIFEST), reason))
        }
    }
}

/// The rows of a dataset, a few thousand at a time.
pub struct Chunks<'a> {
    dataset: &'a Dataset,
    wanted: Vec<usize>,
    files: std::slice::Iter<'a, PartFile>,
    open: Option<(PathBuf, ParquetRecordBatchReader)>,
}

impl Chunks<'_> {
    fn open(&self, path: &Path) -> Result<ParquetRecordBatchReader> {
        let (file, metadata) = part::open(path.to_owned())?;
        let arms = self.dataset.manifest.rows_per_patient();
        let mask = ProjectionMask::roots(metadata.parquet_schema(), self.wanted.iter().copied());
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
            .with_projection(mask)
            .with_batch_size(CHUNK.div_ceil(arms) * arms)
            .build()
            .map_err(|e| unreadable(path, e))
    }
}

impl Iterator for Chunks<'_> {
    type Item = Result<PatientRows>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((path, reader)) = &mut self.open {
                if let Some(batch) = reader.next() {
                    return Some(self.dataset.rows(batch).map_err(|e| unreadable(path, e)));
                }
                self.open = None;
            }
            let path = self.dataset.directory.join(&self.files.next()?.path);
            match self.open(&path) {
                Ok(reader) => self.open = Some((path, reader)),
                Err(e) => return Some(Err(e)),
            }
        }
    }
}

fn unreadable(path: &Path, error: impl std::fmt::Display) -> DatasetError {
    DatasetError::damaged(path, format!("cannot be decoded ({error})"))
}
