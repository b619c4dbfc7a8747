//! A block of outcomes as rows.

use crate::column::{Column, Origin};
use crate::hash::ContentHash;
use crate::layout::Layout;
use crate::rows::Rows;
use crate::tally::{Tally, status_name};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow_buffer::NullBuffer;
use arrow_select::take::take;
use cartrial_cohort::VirtualPatient;
use cartrial_model::Quantity;
use cartrial_runner::{Block, Endpoint, Outcome};
use std::sync::Arc;

/// The rows of one block and what is counted about them; a pure function of the block.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    /// The rows, in order of patient id and arm.
    pub rows: Rows,
    /// What is counted about them.
    pub tally: Tally,
    /// Id of the first patient.
    pub first_patient: u64,
}

impl Digest {
    /// The digest of a block of the run that `layout` is for. Best called on the thread that solved the block.
    ///
    /// # Panics
    /// If the block is none of that run: it has other arms, or patients that the cohort has not.
    pub fn of(layout: &Layout, block: &Block) -> Self {
        assert_eq!(block.arms.len(), layout.study.arms.len(), "arms of the block and of its study");
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
            rows: Rows::new(batch, block.arms.len()),
            tally: Tally { hash, ..Tally::of(block) },
            first_patient: block.patients.first().map_or(layout.ids.start, |p| p.id),
        }
    }
}

/// One cell for every row, from its patient.
fn of_patient<T: Copy>(block: &Block, cell: impl Fn(&VirtualPatient) -> T) -> Vec<T> {
    let arms = block.arms.len();
    if arms == 1 {
        return block.patients.iter().map(cell).collect();
    }
    block.patients.iter().flat_map(|p| std::iter::repeat_n(cell(p), arms)).collect()
}

/// One cell for every row, from its outcome.
fn of_outcome<T>(block: &Block, cell: impl Fn(&Outcome) -> T) -> Vec<T> {
    if let [arm] = &block.arms[..] {
        return arm.iter().map(cell).collect();
    }
    let patients = 0..block.patients.len();
    patients.flat_map(|i| block.arms.iter().map(move |arm| &arm[i])).map(cell).collect()
}

fn cells(layout: &Layout, column: &Column, block: &Block) -> ArrayRef {
    let name = column.name.as_str();
    if let Some(quantity) = Quantity::from_symbol(name) {
        return Arc::new(Float64Array::from(of_patient(block, |p| p.quantities[quantity])));
    }
    if let Some(endpoint) = Endpoint::ALL.into_iter().find(|e| e.name() == name) {
        return Arc::new(outcomes(block, endpoint));
    }
    match name {
        "patient_id" => Arc::new(UInt64Array::from(of_patient(block, |p| p.id))),
        "arm" => {
            let arms = block.patients.iter().flat_map(|_| layout.arms());
            Arc::new(StringArray::from_iter_values(arms))
        }
        "dose_total" => Arc::new(Float64Array::from(of_patient(block, |p| p.quantities.dose_total()))),
        "corrections" => Arc::new(UInt32Array::from(of_patient(block, |p| p.corrected.count()))),
        "status" => Arc::new(StringArray::from(of_outcome(block, |o| status_name(o.status)))),
        "steps" => Arc::new(UInt32Array::from(of_outcome(block, |o| o.steps))),
        other => unreachable!("column {other} has no source"),
    }
}

/// An endpoint; null where the solve failed and where there is no value.
fn outcomes(block: &Block, endpoint: Endpoint) -> Float64Array {
    let values = of_outcome(block, |o| o.get(endpoint).unwrap_or(f64::NAN));
    let nulls = values.iter().any(|x| x.is_nan());
    let nulls = nulls.then(|| values.iter().map(|x| !x.is_nan()).collect::<Vec<_>>());
    Float64Array::new(values.into(), nulls.map(NullBuffer::from))
}

/// The block's stretch of a carried column, each value once for every arm.
fn carried_cells(column: Option<&ArrayRef>, block: &Block) -> ArrayRef {
    let rows = UInt64Array::from(of_patient(block, |p| p.id));
    match (column, block.patients.first()) {
        (Some(column), Some(first)) if block.arms.len() == 1 => {
            column.slice(first.id as usize, block.patients.len())
        }
        (Some(column), _) => take(column, &rows, None).unwrap_or_else(|e| panic!("carried column: {e}")),
        (None, _) => unreachable!("a carried column has values"),
    }
}
