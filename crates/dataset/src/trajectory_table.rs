//! `trajectories.parquet`: the courses of some patients over time, a row for each patient, arm and time.

use crate::Result;
use crate::batches::{Batches, unreadable};
use crate::block_rows::categories;
use crate::column::{Column, ColumnType, Origin};
use crate::directory::TRAJECTORIES;
use crate::error::DatasetError;
use crate::file_hash::{FileBytes, Hashed};
use crate::layout::entries;
use crate::part::file_properties;
use crate::staged::StagedFile;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, UInt64Array};
use arrow_schema::{ArrowError, Schema, SchemaRef};
use arrow_select::coalesce::BatchCoalescer;
use cartrial_cohort::Study;
use cartrial_model::STATES;
use cartrial_runner::Course;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::errors::ParquetError;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Rows that are read at a time.
pub(crate) const ROWS: usize = 1 << 13;

/// What the manifest says of `trajectories.parquet`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrajectoryFile {
    /// Patients whose courses it has.
    pub patients: u64,
    /// Its rows.
    pub rows: u64,
    /// Its bytes.
    #[serde(flatten)]
    pub written: FileBytes,
}

/// Writes `trajectories.parquet` into results that are not yet published.
pub struct TrajectoryWriter {
    staged: StagedFile,
    writer: ArrowWriter<Hashed<File>>,
    /// Rows that gather to batches of one size: how they come, from patients or from shards, is not to be seen in the file.
    batches: BatchCoalescer,
    schema: SchemaRef,
    arms: Vec<String>,
    last_patient: Option<u64>,
    patients: u64,
    rows: u64,
}

impl TrajectoryWriter {
    pub(crate) fn create(directory: &Path, study: &Study) -> Result<Self> {
        let staged = StagedFile::create(directory.join(TRAJECTORIES))?;
        let fields: Vec<_> = columns().iter().map(Column::field).collect();
        let schema = Arc::new(Schema::new_with_metadata(fields, entries(study)));
        let file = Hashed::new(staged.handle()?);
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(file_properties(study).build()))
            .map_err(|e| DatasetError::writing(staged.path(), e))?;
        let arms = study.arms.iter().map(|arm| arm.name.clone()).collect();
        let batches = BatchCoalescer::new(Arc::clone(&schema), ROWS);
        Ok(Self { staged, writer, batches, schema, arms, last_patient: None, patients: 0, rows: 0 })
    }

    /// Appends the course of a patient in an arm; those of a patient come one after the other.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if it cannot be written.
    ///
    /// # Panics
    /// If the study has no such arm.
    pub fn write(&mut self, course: &Course) -> Result<()> {
        assert!(course.arm < self.arms.len(), "an arm of the study");
        let (days, states) = (&course.trajectory.days, &course.trajectory.states);
        let arms = self.arms.iter().map(String::as_str);
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(UInt64Array::from(vec![course.patient; days.len()])),
            categories(arms, std::iter::repeat_n(course.arm, days.len())),
            Arc::new(Float64Array::from(days.clone())),
        ];
        let state =
            |i: usize| -> ArrayRef { Arc::new(states.iter().map(|y| y[i]).collect::<Float64Array>()) };
        arrays.extend((0..STATES.len()).map(state));
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)
            .map_err(|e| DatasetError::writing(self.staged.path(), ParquetError::from(e)))?;
        if self.last_patient.replace(course.patient) != Some(course.patient) {
            self.patients += 1;
        }
        self.append(batch)
    }

    /// Appends all rows of another such file.
    pub(crate) fn append_file(&mut self, directory: &Path, file: &TrajectoryFile) -> Result<()> {
        let path = directory.join(TRAJECTORIES);
        let before = self.rows;
        for batch in Batches::open(path.clone(), |_| ProjectionMask::all(), ROWS)? {
            let batch = batch?;
            if batch.schema().fields() != self.schema.fields() {
                return Err(unreadable(&path, "it has other columns"));
            }
            self.append(batch)?;
        }
        if self.rows - before != file.rows {
            let reason = format!("has {} rows, and {} were written", self.rows - before, file.rows);
            return Err(DatasetError::damaged(&path, reason));
        }
        self.patients = self.patients.saturating_add(file.patients);
        Ok(())
    }

    fn append(&mut self, batch: RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        self.batches.push_batch(batch).map_err(|e| self.failed(e))?;
        self.write_completed()
    }

    fn write_completed(&mut self) -> Result<()> {
        while let Some(batch) = self.batches.next_completed_batch() {
            self.writer.write(&batch).map_err(|e| DatasetError::writing(self.staged.path(), e))?;
        }
        Ok(())
    }

    fn failed(&self, error: ArrowError) -> DatasetError {
        DatasetError::writing(self.staged.path(), ParquetError::from(error))
    }

    pub(crate) fn close(mut self) -> Result<TrajectoryFile> {
        self.batches.finish_buffered_batch().map_err(|e| self.failed(e))?;
        self.write_completed()?;
        let Self { staged, writer, patients, rows, .. } = self;
        let file = writer.into_inner().map_err(|e| DatasetError::writing(staged.path(), e))?;
        staged.publish()?;
        Ok(TrajectoryFile { patients, rows, written: file.written() })
    }
}

/// The columns of `trajectories.parquet`, in order.
pub(crate) fn columns() -> Vec<Column> {
    let mut columns = Column::row_ids();
    columns.push(Column::new("day", "Time since the first infusion", "day", ColumnType::F64, Origin::Id));
    let state = |state: &cartrial_model::StateInfo| {
        Column::new(state.name, state.label, state.unit, ColumnType::F64, Origin::Outcome).never_null()
    };
    columns.extend(STATES.iter().map(state));
    columns
}
