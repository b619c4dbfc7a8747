//! Patients from a directory of Parquet files, as the results of large cohorts are: one table in parts.

use super::builder::Builder;
use super::{CarriedValues, RELATIVE, Refusal, TABLE, Table, parquet};
use crate::error::{Problem, quoted, unreadable};
use crate::input_file::size;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Reads the Parquet files of a directory in the order of their names, each going on where the one before ended; also
/// the SHA-256 of their bytes, one after the other.
pub(super) fn read(directory: &Path, carry: &[String]) -> Result<(Table, String), Refusal> {
    let shown = directory.display().to_string();
    let parts = parts(directory).map_err(|e| {
        let (reason, _) = unreadable(&e);
        Refusal::File(format!("{reason}: {}", quoted(&shown)), RELATIVE)
    })?;
    if parts.is_empty() {
        return Err(Refusal::File(format!("holds no .parquet files: {}", quoted(&shown)), RELATIVE));
    }
    let (mut sha256, mut bytes_left, mut whole) = (Sha256::new(), TABLE.most, None::<Table>);
    for part in parts {
        let shown = part.display().to_string();
        let bytes = super::bytes(&part)?;
        let Some(left) = bytes_left.checked_sub(bytes.len() as u64) else {
            let reason =
                format!("are larger than {} together, which {} is not", size(TABLE.most), TABLE.noun);
            return Err(Refusal::File(format!("the files {reason}: {}", quoted(&shown)), TABLE.remedy));
        };
        bytes_left = left;
        sha256.update(&bytes);
        let builder = Builder::new(&shown, carry).after(whole.as_ref().map_or(0, |table| table.rows));
        let next = parquet::read(bytes, &shown, builder).map_err(Refusal::Content)?;
        whole = Some(match whole {
            None => next,
            Some(table) => append(table, next).ok_or_else(|| {
                let reason =
                    "has other quantities, or carried columns of another type, than the files before it";
                let remedy = "Keep the files of one table in a directory of their own.";
                Refusal::Content(vec![Problem::of_file(&shown, reason, remedy)])
            })?,
        });
    }
    Ok((whole.unwrap_or_default(), super::hex(&sha256.finalize())))
}

/// The Parquet files of a directory, by name.
fn parts(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let paths = std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "parquet"));
    paths.sort();
    Ok(paths)
}

/// The rows of two tables of the same columns; none if they are others.
fn append(mut table: Table, next: Table) -> Option<Table> {
    let are_same = table.columns.len() == next.columns.len();
    for ((quantity, values), (other, more)) in table.columns.iter_mut().zip(next.columns) {
        if *quantity != other {
            return None;
        }
        values.extend(more);
    }
    for (column, more) in table.carried.iter_mut().zip(next.carried) {
        match (&mut column.values, more.values) {
            (CarriedValues::Number(values), CarriedValues::Number(more)) => values.extend(more),
            (CarriedValues::Text(values), CarriedValues::Text(more)) => values.extend(more),
            _ => return None,
        }
    }
    table.rows += next.rows;
    are_same.then_some(table)
}
