//! What a query comes to.

use cartrial_dataset::RowSelection;
use std::path::Path;

/// The first rows of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Its columns, in order.
    pub columns: Vec<AnswerColumn>,
    /// Its first rows, each with a value in every column.
    pub rows: Vec<Vec<Value>>,
    /// How many rows it has.
    pub all_rows: u64,
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Its name.
    pub name: String,
    /// Whether its values are numbers.
    pub is_number: bool,
}

/// A value of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// None.
    Null,
    /// True or false.
    Flag(bool),
    /// A whole number.
    Integer(i128),
    /// A number.
    Number(f64),
    /// A text or category, or anything else in words.
    Text(String),
}

/// The form of a file with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFormat {
    /// CSV, with the names of the columns in the first line.
    Csv,
    /// Parquet.
    Parquet,
}

/// The rows of a patient table that satisfy a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectedRows {
    /// Which rows.
    pub rows: RowSelection,
    /// The columns that the condition speaks of, in order.
    pub columns: Vec<String>,
}

impl AnswerFormat {
    /// The format of a file of that name, by its extension.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        let is = |name: &str| extension.eq_ignore_ascii_case(name);
        if is("csv") { Some(Self::Csv) } else { is("parquet").then_some(Self::Parquet) }
    }
}
