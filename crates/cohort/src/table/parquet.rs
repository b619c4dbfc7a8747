//! Patients from a Parquet file.

use super::builder::{Builder, Place};
use super::parquet_pages::CheckedFile;
use super::{Cell as TableCell, Table};
use crate::error::Problem;
use ::bytes::Bytes;
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::FileReader;
use ::parquet::record::Field;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// Reads a flat Parquet file, whatever program wrote it: numbers of any width, text, nulls.
///
/// The `parquet` crate panics on some damaged files (version 60.1); that is told like any other damage.
pub(super) fn read(bytes: Vec<u8>, file: &str, builder: Builder<'_>) -> Result<Table, Vec<Problem>> {
    let result = silently(|| catch_unwind(AssertUnwindSafe(|| read_rows(bytes, file, builder))));
    result.unwrap_or_else(|_| {
        Err(vec![Problem::of_file(
            file,
            "cannot be read as Parquet: its pages are damaged",
            "Write it again.",
        )])
    })
}

thread_local! {
    static IS_SILENT: Cell<bool> = const { Cell::new(false) };
}

/// Runs `read`, whose panics are caught and told otherwise, without a word of them on standard error.
fn silently<T>(read: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !IS_SILENT.get() {
                hook(info);
            }
        }));
    });
    IS_SILENT.set(true);
    let result = read();
    IS_SILENT.set(false);
    result
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
    let reader = CheckedFile::new(Bytes::from(bytes)).map_err(|e| vec![broken(e)])?;
    let metadata = reader.metadata().file_metadata();
    let (schema, rows) = (metadata.schema(), u64::try_from(metadata.num_rows()));
    let names = schema.get_fields().iter().map(|f| f.name().to_owned()).collect();
    if !builder.header(names, None) {
        return builder.finish(false);
    }
    if rows.is_ok_and(|rows| !builder.has_room_for(rows)) {
        return builder.finish(false);
    }
    let rows = reader.get_row_iter(None).map_err(|e| vec![broken(e)])?;
    for (row, record) in (1..).zip(rows) {
        match record {
            Ok(record) => {
                for (column, (_, field)) in record.get_column_iter().enumerate() {
                    with_cell(field, |cell| builder.cell(column, Place::Row(row), cell));
                }
                if !builder.end_row() {
                    break;
                }
            }
            Err(error) => {
                builder.note(broken(error));
                break;
            }
        }
    }
    builder.finish(false)
}

fn with_cell(field: &Field, take: impl FnOnce(&TableCell<'_>)) {
    let number = match field {
        Field::Null => return take(&TableCell::Missing),
        Field::Str(text) => return take(&TableCell::Text(text)),
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
        other => return take(&TableCell::Text(&other.to_string())),
    };
    take(&TableCell::Number(number));
}
