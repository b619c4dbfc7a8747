//! Results in the formats of others.
//!
//! [`export_adam`] writes the analysis data sets of CDISC ADaM (ADSL, ADLB, ADTTE) as Parquet, Dataset-JSON 1.1 and SAS transport
//! files, with a Define-XML 2.1 beside them; [`export_csv`] writes the patient table as CSV, wide and long, [`export_parquet`]
//! as one Parquet file. All stream the rows of a [`Dataset`](cartrial_dataset::Dataset) in constant memory into a directory that appears once it is complete.
//!
//! This crate knows the columns of the results and the endpoints; it knows nothing of how they are computed, and does no
//! statistics.

#![forbid(unsafe_code)]

mod adam;
mod cells;
mod csv_files;
mod error;
mod parquet_table;
mod rows;
mod staged_directory;

pub use adam::{AdamFormat, export_adam};
pub use csv_files::{CsvLayout, export_csv};
pub use error::ExportError;
pub use parquet_table::export_parquet;

use cartrial_dataset::RowSelection;
use std::path::PathBuf;

/// The result of an export.
pub type Result<T, E = ExportError> = std::result::Result<T, E>;

/// What is exported, and to where.
#[derive(Clone, Copy)]
pub struct ExportOptions<'a> {
    /// The directory for the files. `None`: one within the results.
    pub directory: Option<&'a std::path::Path>,
    /// Whether an earlier export in that directory is replaced.
    pub replace: bool,
    /// The number of patients of an extract, the first ones. `None`: all. It does not go together with a selection.
    pub first: Option<u64>,
    /// The rows that are exported. `None`: all.
    pub selection: Option<&'a Selection<'a>>,
    /// The columns of the patient table that are exported as such, in that order. Empty: all.
    pub columns: &'a [String],
    /// The time of creation that formats ask for, in seconds since 1970. It is not read from the clock: the same results give
    /// the same files, byte for byte.
    pub created: i64,
    /// Called with the number of patients that have come since the last call.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Some rows, and why these.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The rows.
    pub rows: &'a RowSelection,
    /// The condition that they satisfy, as files say it.
    pub condition: &'a str,
}

impl Default for ExportOptions<'_> {
    fn default() -> Self {
        Self {
            directory: None,
            replace: false,
            first: None,
            selection: None,
            columns: &[],
            created: 0,
            progress: &|_| {},
        }
    }
}

/// Numbers that a transport file cannot hold as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutOfRange {
    /// Those nearer to 0 than 5.4e-79, which are 0 there.
    pub too_small: u64,
    /// Those of 7.2e75 and more, which are missing there.
    pub too_large: u64,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The directory.
    pub directory: PathBuf,
    /// Patients whose rows are in the files.
    pub patients: u64,
    /// The files, with the number of records in each; a dictionary has none.
    pub files: Vec<(String, Option<u64>)>,
    /// Numbers that transport files cannot hold.
    pub out_of_range: OutOfRange,
}
