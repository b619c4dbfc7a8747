//! The same functions in a build without polars.

use crate::{Answer, AnswerFormat, QueryError, Result, SelectedRows};
use cartrial_dataset::{Dataset, StagedFile};

/// Answers a SELECT over the tables of `dataset`, with its first `most` rows.
///
/// # Errors
/// [`QueryError::NotBuilt`].
pub fn ask(_dataset: &Dataset, _sql: &str, _most: usize) -> Result<Answer> {
    Err(QueryError::NotBuilt)
}

/// Nothing: there are no answers.
#[derive(Debug)]
pub enum AnswerStream {}

/// Answers a SELECT over the tables of `dataset` as a stream of Arrow.
///
/// # Errors
/// [`QueryError::NotBuilt`].
pub fn stream_answer(_dataset: &Dataset, _sql: &str) -> Result<AnswerStream> {
    Err(QueryError::NotBuilt)
}

/// Writes the answer to a SELECT over the tables of `dataset`; returns the number of its rows.
///
/// # Errors
/// [`QueryError::NotBuilt`].
pub fn write_answer(
    _dataset: &Dataset,
    _sql: &str,
    _file: &StagedFile,
    _format: AnswerFormat,
) -> Result<u64> {
    Err(QueryError::NotBuilt)
}

/// Finds the rows of the patient table of `dataset` that satisfy a condition.
///
/// # Errors
/// [`QueryError::NotBuilt`].
pub fn select_rows(_dataset: &Dataset, _condition: &str) -> Result<SelectedRows> {
    Err(QueryError::NotBuilt)
}
