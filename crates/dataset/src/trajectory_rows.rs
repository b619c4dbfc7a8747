//! The rows of `trajectories.parquet` read back.

use crate::Result;
use crate::batches::{Batches, unreadable};
use crate::dataset::Dataset;
use crate::directory::TRAJECTORIES;
use crate::patient_rows::texts;
use crate::trajectory_table::{ROWS, columns};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt64Type};
use cartrial_model::{STATE_COUNT, State};
use parquet::arrow::ProjectionMask;

/// The state of one patient in one arm at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrajectoryRow {
    /// The patient's id.
    pub patient: u64,
    /// Number of the arm in the study.
    pub arm: usize,
    /// Time since the first infusion, days.
    pub day: f64,
    /// The state, in the order and units of [`cartrial_model::STATES`].
    pub state: State<f64>,
}

impl Dataset {
    /// The courses over time that were kept, in the order of patients, arms and times, a few thousand rows at a time; none if the
    /// study asks for none.
    ///
    /// # Errors
    /// [`DatasetError`](crate::DatasetError) if the file cannot be opened. The items are errors where it cannot be read.
    pub fn trajectories(&self) -> Result<Option<impl Iterator<Item = Result<Vec<TrajectoryRow>>>>> {
        if self.manifest().trajectories.is_none() {
            return Ok(None);
        }
        let path = self.directory().join(TRAJECTORIES);
        let arms = self.manifest().arms.clone();
        let batches = Batches::open(path.clone(), |_| ProjectionMask::all(), ROWS)?;
        let rows_of = move |batch: Result<RecordBatch>| {
            rows(&batch?, &arms).ok_or_else(|| unreadable(&path, "it has other columns"))
        };
        Ok(Some(batches.map(rows_of)))
    }
}

/// The rows of a batch; none if its columns are not those of trajectories.
fn rows(batch: &RecordBatch, arms: &[String]) -> Option<Vec<TrajectoryRow>> {
    let columns = columns();
    if batch.num_columns() != columns.len() || batch.columns().iter().any(|c| c.null_count() > 0) {
        return None;
    }
    let patients = batch.column(0).as_primitive_opt::<UInt64Type>()?.values();
    let number = |name: Option<&str>| arms.iter().position(|arm| Some(arm.as_str()) == name);
    let arms = texts(batch.column(1))?.map(number).collect::<Option<Vec<usize>>>()?;
    let numbers = |column: usize| Some(batch.column(column).as_primitive_opt::<Float64Type>()?.values());
    let days = numbers(2)?;
    let states = (0..STATE_COUNT).map(|i| numbers(3 + i)).collect::<Option<Vec<_>>>()?;
    let row = |i: usize| TrajectoryRow {
        patient: patients[i],
        arm: arms[i],
        day: days[i],
        state: std::array::from_fn(|state| states[state][i]),
    };
    Some((0..batch.num_rows()).map(row).collect())
}
