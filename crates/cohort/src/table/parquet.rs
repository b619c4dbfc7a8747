//! Patients from a Parquet file.

use super::builder::{Builder, Place};
use super::{Cell, Table};
use crate::error::Problem;
use ::bytes::Bytes;
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads a flat Parquet file, whatever program wrote it: numbers of any width, text, nulls.
///
/// The `parquet` crate panics on some damaged files (version 60.1); that is told like any other damage.
pub(super) fn read(bytes: Vec<u8>, file: &str, builder: Builder<'_>) -> Result<Table, Vec<Problem>> {
    catch_unwind(AssertUnwindSafe(|| read_rows(bytes, file, builder))).unwrap_or_else(|_| {
        Err(vec![Problem::of_file(
            file,
            "cannot be read as Parquet: its pages are damaged",
            "Write it again.",
        )])
    })
}

fn read_rows(bytes: Vec<u8>, file: &str, mut builder: Builder<'_>) -> Result<Table, Vec<Problem>> {
    let broken = |error: ParquetError| {
        let why = if let ParquetError::General(why) = error { why } else { error.to_string() };
        Problem::of_file(
            file,
            format!("cannot be read as Parquet: {why}"),
            "Write it again; it may be cut short.",
        )
    };
    let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(|e| vec![broken(e)])?;
    let schema = reader.metadata().file_metadata().schema();
    let names = schema.get_fields().iter().map(|f| f.name().to_owned()).collect();
    if !builder.header(names, None) {
        return builder.finish(false);
    }
    let rows = reader.get_row_iter(None).map_err(|e| vec![broken(e)])?;
    for (row, record) in (1..).zip(rows) {
        match record {
            Ok(record) => {
                for (column, (_, field)) in record.get_column_iter().enumerate() {
                    with_cell(field, |cell| builder.cell(column, Place::Row(row), cell));
                }
                builder.end_row();
            }
            Err(error) => {
                builder.note(broken(error));
                break;
            }
        }
    }
    builder.finish(false)
}

fn with_cell(field: &Field, take: impl FnOnce(&Cell<'_>)) {
    let number = match field {
        Field::Null => return take(&Cell::Missing),
        Field::Str(text) => return take(&Cell::Text(text)),
        Field::Double(x) => *x,
        Field::Float(x) => f64::from(*x),
        Field::Float16(x) => f64::from(*x),
        Field::Byte(i) => f64::from(*i),
        Field::Short(i) => f64::from(*i),
        Field::Int(i) => f64::from(*i),
        Field::Long(i) => *i as f64,
        Field::UByte(i) => f64::from(*i),
        Field::UShort(i) => f64::from(*i),
        Field::UInt(i) => f64::from(*i),
        Field::ULong(i) => *i as f64,
        // A decimal prints itself in full.
        Field::Decimal(_) => field.to_string().parse().unwrap_or(f64::NAN),
        other => return take(&Cell::Text(&other.to_string())),
    };
    take(&Cell::Number(number));
}
