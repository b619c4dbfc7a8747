//! Patients from a CSV file.

use super::builder::{Builder, Place};
use super::{Cell, Table};
use crate::error::Problem;
use ::csv::{ErrorKind, ReaderBuilder, StringRecord};

/// Reads comma-separated values with a header line, as RFC 4180 has them; a byte order mark is skipped.
pub(super) fn read(bytes: Vec<u8>, file: &str, mut builder: Builder<'_>) -> Result<Table, Vec<Problem>> {
    let mut reader = ReaderBuilder::new().from_reader(bytes.as_slice());
    let names: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
        Err(error) => return Err(vec![problem(file, &error)]),
    };
    if names.is_empty() {
        return Err(vec![Problem::of_file(
            file,
            "is empty",
            "Give a header line with symbols, then one line a patient.",
        )]);
    }
    if !builder.header(names, Some(1)) {
        return builder.finish(true);
    }
    let mut record = StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return builder.finish(true),
            Err(error) => {
                builder.note(problem(file, &error));
                return builder.finish(true);
            }
            Ok(true) => {
                let place = Place::Line(record.position().map_or(0, |p| p.line()));
                for (column, text) in record.iter().enumerate() {
                    builder.cell(column, place, &cell(text.trim()));
                }
                if !builder.end_row() {
                    return builder.finish(true);
                }
            }
        }
    }
}

fn cell(text: &str) -> Cell<'_> {
    match text {
        "" | "NA" => Cell::Missing,
        _ => Cell::Text(text),
    }
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn problem(file: &str, error: &::csv::Error) -> Problem {
    let line = error.position().and_then(|p| usize::try_from(p.line()).ok());
    let (reason, remedy) = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => (
            format!(
                "{} in this line, but {} in the header",
                counted(*len, "value"),
                counted(*expected_len, "column")
            ),
            "Separate values by commas, and quote text that has a comma.",
        ),
        ErrorKind::Utf8 { .. } => ("not UTF-8 text".to_owned(), "Save the table as UTF-8."),
        _ => (format!("cannot be read as CSV: {error}"), ""),
    };
    Problem { line, ..Problem::of_file(file, reason, remedy) }
}
