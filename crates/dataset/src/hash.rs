//! The content hash of a patient table: a sum over its rows.

use crate::column::Column;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, UInt32Type, UInt64Type};
use arrow_array::{Array, BooleanArray, RecordBatch, StringArray};
use arrow_buffer::NullBuffer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// What identifies the rows of a patient table, as a set: equal for equal rows, however they were cut and computed.
///
/// Every row is written out as little-endian words of 64 bits:
///
/// 1. XXH3-64 of the names and types of the columns;
/// 2. one bit for every column, rounded up to whole words: set where the cell is null;
/// 3. one word for every column: a whole number, the bits of an f64, 1 or 0 of a flag, XXH3-64 of a text, 0 for null.
///
/// The hash is the sum of XXH3-128 of the rows modulo 2¹²⁸. A sum does not depend on the order in which rows come and
/// the sums of parts add up to that of the whole, so that blocks, threads, files and shards leave no trace in it. It
/// identifies the table in order of `patient_id` and `arm` all the same: each row carries both, which makes it differ
/// from every other, and the order of the table follows from them. A row that is there twice counts twice.
///
/// It says that rows are equal, and guards against accidents: rows that were made to add up to it may be others. What guards
/// the files is [`FileHash`](crate::FileHash).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentHash(u128);

/// The cells of one column as words.
enum Cells<'a> {
    F64(&'a [f64]),
    U64(&'a [u64]),
    U32(&'a [u32]),
    Bool(&'a BooleanArray),
    /// Positions, and the hashes of the texts there.
    Category(&'a [i32], Vec<u64>),
    Text(&'a StringArray),
}

impl ContentHash {
    /// The hash of a table without rows.
    pub const EMPTY: Self = Self(0);

    /// The hash of both tables' rows together.
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// The hash of the rows of `batch`, whose columns have the digest `columns`.
    pub(crate) fn of(columns: u64, batch: &RecordBatch) -> Self {
        // As many rows at a time as stay in the first-level cache, each column read in a run.
        const ROWS: usize = 16;
        let table: Vec<_> = batch.columns().iter().map(|array| (Cells::of(array), array.nulls())).collect();
        let cells_at = 1 + table.len().div_ceil(64);
        let stride = cells_at + table.len();
        let mut words = vec![[0_u8; 8]; ROWS * stride];
        let mut sum = 0_u128;
        for first in (0..batch.num_rows()).step_by(ROWS) {
            let rows = ROWS.min(batch.num_rows() - first);
            for row in words.chunks_exact_mut(stride) {
                row[0] = columns.to_le_bytes();
                row[1..cells_at].fill([0; 8]);
            }
            for (i, (cells, nulls)) in table.iter().enumerate() {
                cells.put(first, rows, &mut words[cells_at + i..], stride);
                if let Some(nulls) = nulls {
                    blank_nulls(nulls, i, first, rows, &mut words, stride, cells_at);
                }
            }
            for row in words.chunks_exact(stride).take(rows) {
                sum = sum.wrapping_add(xxh3_128(row.as_flattened()));
            }
        }
        Self(sum)
    }

    /// The digest of columns' names and types.
    pub(crate) fn columns(columns: &[Column]) -> u64 {
        let names: Vec<_> = columns.iter().map(|c| format!("{} {}", c.kind.name(), c.name)).collect();
        xxh3_64(names.join("\n").as_bytes())
    }
}

impl<'a> Cells<'a> {
    fn of(array: &'a dyn Array) -> Self {
        if let Some(column) = array.as_primitive_opt::<Float64Type>() {
            Self::F64(column.values())
        } else if let Some(column) = array.as_primitive_opt::<UInt64Type>() {
            Self::U64(column.values())
        } else if let Some(column) = array.as_primitive_opt::<UInt32Type>() {
            Self::U32(column.values())
        } else if let Some(column) = array.as_boolean_opt() {
            Self::Bool(column)
        } else if let Some(column) = array.as_dictionary_opt::<Int32Type>() {
            let texts = column.values().as_string::<i32>();
            Self::Category(
                column.keys().values(),
                texts.iter().map(|text| hash_of(text.unwrap_or(""))).collect(),
            )
        } else {
            Self::Text(array.as_string())
        }
    }

    /// Puts the words of `rows` cells from `first` on at the head of every run of `stride` in `words`.
    fn put(&self, first: usize, rows: usize, words: &mut [[u8; 8]], stride: usize) {
        let words = words.iter_mut().step_by(stride);
        let cells = first..first + rows;
        match self {
            Self::F64(values) => words.zip(&values[cells]).for_each(|(w, x)| *w = x.to_bits().to_le_bytes()),
            Self::U64(values) => words.zip(&values[cells]).for_each(|(w, x)| *w = x.to_le_bytes()),
            Self::U32(values) => {
                words.zip(&values[cells]).for_each(|(w, &x)| *w = u64::from(x).to_le_bytes())
            }
            Self::Text(values) => {
                words.zip(cells).for_each(|(w, i)| *w = hash_of(values.value(i)).to_le_bytes());
            }
            Self::Bool(values) => {
                words.zip(cells).for_each(|(w, i)| *w = u64::from(values.value(i)).to_le_bytes());
            }
            Self::Category(keys, hashes) => {
                // Underneath a null there is any key.
                let hash = |key: i32| hashes.get(key as usize).copied().unwrap_or_default();
                words.zip(&keys[cells]).for_each(|(w, &key)| *w = hash(key).to_le_bytes());
            }
        }
    }
}

fn hash_of(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// Marks the nulls of column `column` and puts 0 in their place.
fn blank_nulls(
    nulls: &NullBuffer,
    column: usize,
    first: usize,
    rows: usize,
    words: &mut [[u8; 8]],
    stride: usize,
    cells_at: usize,
) {
    for (i, row) in words.chunks_exact_mut(stride).take(rows).enumerate() {
        if nulls.is_null(first + i) {
            row[1 + column / 64][column % 64 / 8] |= 1 << (column % 8);
            row[cells_at + column] = [0; 8];
        }
    }
}

/// What stands before the 32 hexadecimal digits.
const PREFIX: &str = "xxh3-128-sum:";

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{:032x}", self.0)
    }
}

impl FromStr for ContentHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.strip_prefix(PREFIX)
            .filter(|digits| digits.len() == 32)
            .and_then(|digits| u128::from_str_radix(digits, 16).ok())
            .map(Self)
            .ok_or_else(|| format!("expected {PREFIX} and 32 hexadecimal digits, found {text:?}"))
    }
}

impl Serialize for ContentHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
