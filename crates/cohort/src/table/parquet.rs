//! Patients from a Parquet file.

use super::builder::{Builder, Place};
use super::{Cell as TableCell, TABLE, Table};
use crate::checked_parquet::{CheckedFile, TooMuch, reason, without_panic};
use crate::error::{Problem, quoted};
use ::bytes::Bytes;
use ::parquet::basic::Repetition;
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::FileReader;
use ::parquet::record::Field;
use ::parquet::schema::types::Type;

/// What all pages of a table may unpack to: as much as a table has as CSV.
const MOST_UNPACKED_BYTES: u64 = TABLE.most;

/// Reads a flat Parquet file, whatever program wrote it: numbers of any width, text, nulls.
///
/// The `parquet` crate panics on some damaged files; that is told like any other damage.
pub(super) fn read(bytes: Vec<u8>, file: &str, builder: Builder<'_>) -> Result<Table, Vec<Problem>> {
    without_panic(|| read_rows(bytes, file, builder)).unwrap_or_else(|| {
        Err(vec![Problem::of_file(
            file,
            "cannot be read as Parquet: its pages are damaged",
            "Write it again.",
        )])
    })
}

fn read_rows(bytes: Vec<u8>, file: &str, mut builder: Builder<'_>) -> Result<Table, Vec<Problem>> {
    let broken = |error: ParquetError| {
        let is_too_much = matches!(&error, ParquetError::External(cause) if cause.is::<TooMuch>());
        let remedy = if is_too_much {
            "Write fewer patients or shorter texts; it may be damaged."
        } else {
            "Write it again; it may be cut short."
        };
        let why = reason(&error);
        Problem::of_file(file, format!("cannot be read as Parquet: {why}"), remedy)
    };
    let reader = CheckedFile::new(Bytes::from(bytes), MOST_UNPACKED_BYTES).map_err(|e| vec![broken(e)])?;
    let metadata = reader.metadata().file_metadata();
    let fields = metadata.schema().get_fields();
    if !builder.header(fields.iter().map(|f| f.name().to_owned()).collect(), None) {
        return builder.finish(false);
    }
    let lists = fields.iter().filter(|field| !is_flat(field));
    let lists: Vec<_> = lists.map(|field| nested(file, field.name())).collect();
    if !lists.is_empty() {
        return Err(lists);
    }
    if !builder.has_room_for(metadata.num_rows().unsigned_abs()) {
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

/// Whether a column has one value a row.
fn is_flat(field: &Type) -> bool {
    field.is_primitive() && field.get_basic_info().repetition() != Repetition::REPEATED
}

fn nested(file: &str, name: &str) -> Problem {
    let problem = Problem::of_file(
        file,
        "holds lists or groups of values",
        "Give every patient one number or text, or leave the column out.",
    );
    Problem { key: format!("column {}", quoted(name)), ..problem }
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
