//! Columns of records on their way into files.

use std::sync::Arc;

/// Consecutive records of a data set: one column of each variable, all of one length.
pub(crate) type Records = Vec<Cells>;

/// A column of records.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cells {
    /// Texts; `None` where one is missing.
    Text(Vec<Option<Arc<str>>>),
    /// Whole numbers; `None` where one is missing.
    Integer(Vec<Option<i64>>),
    /// Numbers; NaN where one is missing.
    Float(Vec<f64>),
}

impl Cells {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(cells) => cells.len(),
            Self::Integer(cells) => cells.len(),
            Self::Float(cells) => cells.len(),
        }
    }
}

/// How many records there are.
pub(crate) fn count(records: &Records) -> usize {
    records.first().map_or(0, Cells::len)
}
