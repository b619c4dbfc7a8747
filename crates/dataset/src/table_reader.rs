//! The rows of a patient table read back, a few thousand at a time.

use crate::Result;
use crate::batches::{Batches, unreadable};
use crate::column::Column;
use crate::identity::RunIdentity;
use crate::part_file::PartFile;
use crate::patient_rows::{PATIENT_ID, PatientRows, RowArms, no_column, texts};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_schema::ArrowError;
use cartrial_cohort::Allocation;
use parquet::arrow::ProjectionMask;
use parquet::schema::types::SchemaDescriptor;
use std::iter::repeat_n;
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
    rows_per_patient: usize,
}

impl TableReader {
    /// A reader of that run's files in `directory`.
    pub fn new(directory: &Path, identity: &RunIdentity, columns: Vec<Column>) -> Self {
        Self {
            directory: directory.to_owned(),
            columns,
            arms: identity.study.arms.iter().map(|arm| arm.name.clone()).collect(),
            randomised: identity.study.allocation == Allocation::Randomised,
            rows_per_patient: identity.rows_per_patient(),
        }
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

    /// A batch as rows, of which `patient` is the first one.
    fn rows(&self, batch: RecordBatch, patient: u64) -> Result<PatientRows, ArrowError> {
        let (arms, per_patient) = (&self.arms, self.rows_per_patient);
        if let Some(ids) =
            batch.column_by_name(PATIENT_ID).and_then(|ids| ids.as_primitive_opt::<UInt64Type>())
        {
            let expected = (patient..).flat_map(|id| repeat_n(id, per_patient));
            if let Some((found, expected)) =
                ids.values().iter().zip(expected).find(|(id, expected)| *id != expected)
            {
                let reason = format!("has patient {found} where patient {expected} comes next");
                return Err(ArrowError::SchemaError(reason));
            }
        }
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

    fn open(&self, path: PathBuf, wanted: &[usize]) -> Result<Batches> {
        let arms = self.rows_per_patient;
        let columns = |schema: &SchemaDescriptor| ProjectionMask::roots(schema, wanted.iter().copied());
        Batches::open(path, columns, CHUNK.div_ceil(arms) * arms)
    }
}

/// The rows of a patient table, a few thousand at a time.
pub struct Chunks {
    reader: TableReader,
    wanted: Vec<usize>,
    files: std::vec::IntoIter<PartFile>,
    open: Option<Open>,
}

/// A file that is being read.
struct Open {
    batches: Batches,
    next_patient: u64,
}

impl Iterator for Chunks {
    type Item = Result<PatientRows>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(open) = &mut self.open {
                if let Some(batch) = open.batches.next() {
                    let rows = batch.and_then(|batch| {
                        let rows = self.reader.rows(batch, open.next_patient);
                        rows.map_err(|e| unreadable(open.batches.path(), e))
                    });
                    open.next_patient += rows.as_ref().map_or(0, |rows| rows.patients() as u64);
                    return Some(rows);
                }
                self.open = None;
            }
            let file = self.files.next()?;
            match self.reader.open(self.reader.directory.join(&file.path), &self.wanted) {
                Ok(batches) => self.open = Some(Open { batches, next_patient: file.first_patient }),
                Err(e) => return Some(Err(e)),
            }
        }
    }
}
