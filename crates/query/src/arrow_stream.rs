//! Answers as a stream of Arrow's C interface, which other libraries take without copying.

use crate::Result;
use crate::polars_engine::Question;
use cartrial_dataset::Dataset;
use polars::prelude::{ArrowDataType, ArrowField, CompatLevel, DataFrame, PolarsResult, SchemaExt};
use polars_arrow::array::{Array, StructArray};
use polars_arrow::ffi::{ArrowArrayStream, export_iterator};

/// Strings as every reader of Arrow knows them; views of strings are younger.
const LEVEL: CompatLevel = CompatLevel::oldest();

/// The answer to a SELECT: an `ArrowArrayStream` of Arrow's C stream interface, whose batches are in memory.
#[repr(transparent)]
pub struct AnswerStream(ArrowArrayStream);

/// Answers a SELECT over the tables of `dataset`, `patients` and `trajectories`, with all rows.
///
/// # Errors
/// As [`ask`](crate::ask).
pub fn stream_answer(dataset: &Dataset, sql: &str) -> Result<AnswerStream> {
    let question = Question::new(dataset, sql)?;
    let fields = question.schema.to_arrow(LEVEL).into_iter().map(|(_, field)| field).collect();
    let kind = ArrowDataType::Struct(fields);
    let frames = question.run(Vec::new(), |frames: &mut Vec<DataFrame>, batch| {
        frames.push(batch);
        Ok(())
    })?;
    let field = ArrowField::new("".into(), kind.clone(), false);
    let batches = frames.into_iter().flat_map(move |mut frame| {
        // Chunks of the columns of a batch may differ.
        frame.align_chunks_par();
        let batches: Vec<_> = frame.iter_chunks(LEVEL, false).collect();
        let kind = kind.clone();
        batches.into_iter().map(move |batch| -> PolarsResult<Box<dyn Array>> {
            let (rows, columns) = (batch.height(), batch.into_arrays());
            Ok(Box::new(StructArray::try_new(kind.clone(), rows, columns, None)?))
        })
    });
    Ok(AnswerStream(export_iterator(Box::new(batches), field)))
}
