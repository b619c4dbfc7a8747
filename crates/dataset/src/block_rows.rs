//! A block of outcomes as rows.

use crate::column::{Column, ColumnType, Origin};
use crate::hash::ContentHash;
use crate::layout::Layout;
use crate::patient_rows::PatientRows;
use crate::row_counts::RowCounts;
use crate::status::{STATUSES, position, status_name};
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray, UInt32Array,
    UInt64Array,
};
use arrow_buffer::NullBuffer;
use arrow_select::take::take;
use cartrial_cohort::VirtualPatient;
use cartrial_model::Quantity;
use cartrial_runner::{Block, Endpoint, Outcome};
use std::sync::Arc;

/// The rows of one block and what is counted about them; a pure function of the block.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockRows {
    /// The rows, in order of patient id and arm.
    pub rows: PatientRows,
    /// What is counted about them.
    pub counts: RowCounts,
    /// Id of the first patient.
    pub first_patient: u64,
}

impl BlockRows {
    /// The rows of a block of the run that `layout` is for. Best called on the thread that solved the block.
    ///
    /// # Panics
    /// If the block is not of that run: if it has other arms, or patients who are not in the cohort.
    pub fn of(layout: &Layout, block: &Block) -> Self {
        let arms = layout.study.arms.len();
        assert!(block.rows.iter().all(|row| row.arm < arms), "arms of the block and of its study");
        let mut carried = layout.carried.iter();
        let columns = layout.columns.iter().map(|column| match column.origin {
            Origin::Carried => carried_cells(carried.next(), block),
            _ => cells(layout, column, block),
        });
        // The arrays are made after the columns of the schema, with their types and of one length.
        let batch = RecordBatch::try_new(Arc::clone(&layout.schema), columns.collect())
            .unwrap_or_else(|e| panic!("columns of a block: {e}"));
        let hash = ContentHash::of(layout.columns_hash, &batch);
        Self {
            rows: PatientRows::new(batch, layout.row_arms(|| block.rows.iter().map(|row| row.arm).collect())),
            counts: RowCounts { hash, ..RowCounts::of(block, arms) },
            first_patient: block.patients.first().map_or(layout.ids.start, |p| p.id),
        }
    }
}

/// A cell for each row, computed from its patient.
fn of_patient<T>(block: &Block, cell: impl Fn(&VirtualPatient) -> T) -> Vec<T> {
    block.rows.iter().map(|row| cell(&block.patients[row.patient])).collect()
}

/// A cell for each row, computed from its outcome.
fn of_outcome<T>(block: &Block, cell: impl Fn(&Outcome) -> T) -> Vec<T> {
    block.rows.iter().map(|row| cell(&row.outcome)).collect()
}

fn cells(layout: &Layout, column: &Column, block: &Block) -> ArrayRef {
    let name = column.name.as_str();
    if let Some(quantity) = Quantity::from_symbol(name) {
        return Arc::new(Float64Array::from(of_patient(block, |p| p.quantities[quantity])));
    }
    if let Some(endpoint) = Endpoint::ALL.into_iter().find(|e| e.name() == name) {
        let values = of_outcome(block, |o| o.get(endpoint));
        return match column.kind {
            ColumnType::Bool => Arc::new(
                values.into_iter().map(|flag| flag.map(|flag| flag != 0.0)).collect::<BooleanArray>(),
            ),
            _ => Arc::new(nullable(values)),
        };
    }
    match name {
        "patient_id" => Arc::new(UInt64Array::from(of_patient(block, |p| p.id))),
        "arm" => categories(layout.arms(), block.rows.iter().map(|row| row.arm)),
        "dose_total" => Arc::new(Float64Array::from(of_patient(block, |p| p.quantities.dose_total()))),
        "failed_at_day" => Arc::new(nullable(of_outcome(block, |o| o.failed_at_day))),
        "corrections" => Arc::new(UInt32Array::from(of_patient(block, |p| p.corrected.count()))),
        "status" => {
            categories(STATUSES.map(status_name), of_outcome(block, |o| position(o.status)).into_iter())
        }
        "steps" => Arc::new(UInt32Array::from(of_outcome(block, |o| o.steps))),
        other => unreachable!("column {other} has no source"),
    }
}

/// Texts out of a few, each by its position among them.
pub(crate) fn categories<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    positions: impl Iterator<Item = usize>,
) -> ArrayRef {
    let keys = Int32Array::from_iter_values(positions.map(|position| position as i32));
    Arc::new(DictionaryArray::new(keys, Arc::new(StringArray::from_iter_values(texts))))
}

/// Numbers, null where there is none and NaN underneath.
fn nullable(cells: Vec<Option<f64>>) -> Float64Array {
    let nulls = cells.iter().any(Option::is_none);
    let nulls = nulls.then(|| cells.iter().map(Option::is_some).collect::<Vec<_>>());
    let values: Vec<_> = cells.into_iter().map(|cell| cell.unwrap_or(f64::NAN)).collect();
    Float64Array::new(values.into(), nulls.map(NullBuffer::from))
}

/// The block's part of a carried column, a value for each row.
fn carried_cells(column: Option<&ArrayRef>, block: &Block) -> ArrayRef {
    let rows = UInt64Array::from(of_patient(block, |p| p.id));
    let column = column.unwrap_or_else(|| unreachable!("a carried column has values"));
    take(column, &rows, None).unwrap_or_else(|e| panic!("carried column: {e}"))
}
