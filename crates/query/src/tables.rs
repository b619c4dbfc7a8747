//! The tables of results, as polars scans them.

use crate::Result;
use crate::error::QueryError;
use cartrial_dataset::{Dataset, DatasetError};
use polars::prelude::{LazyFrame, PlRefPath, PolarsResult, ScanArgsParquet, SchemaRef};
use std::io;
use std::path::PathBuf;

/// The patient table.
pub(crate) const PATIENTS: &str = "patients";
/// Courses of patients over time.
pub(crate) const TRAJECTORIES: &str = "trajectories";

/// A table that can be asked.
pub(crate) struct Table {
    pub name: &'static str,
    pub frame: LazyFrame,
    pub schema: SchemaRef,
}

/// Every table of results: the patient table, and that of courses where there is one.
pub(crate) fn tables(dataset: &Dataset) -> Result<Vec<Table>> {
    let mut tables = vec![patients(dataset)?];
    if let Some(file) = dataset.trajectory_file() {
        tables.push(scan(TRAJECTORIES, vec![file])?);
    }
    Ok(tables)
}

/// The patient table.
pub(crate) fn patients(dataset: &Dataset) -> Result<Table> {
    let files = dataset.table_files();
    if files.is_empty() {
        return Err(DatasetError::NotStored { directory: dataset.directory().into() }.into());
    }
    scan(PATIENTS, files)
}

fn scan(name: &'static str, files: Vec<PathBuf>) -> Result<Table> {
    // A path that begins at the root is none of another machine's, whatever it is called.
    let absolute = |file: &PathBuf| {
        let path = std::path::absolute(file).map_err(|e| DatasetError::io(file, "read", e))?;
        Ok(PlRefPath::try_from_pathbuf(path)
            .map_err(|e| DatasetError::io(file, "read", io::Error::other(e)))?)
    };
    let paths = files.iter().map(absolute).collect::<Result<Vec<_>>>()?;
    // Names are names, whatever signs are in them.
    let options = ScanArgsParquet { glob: false, cache: false, ..Default::default() };
    let table = || -> PolarsResult<Table> {
        let mut frame = LazyFrame::scan_parquet_files(paths.into_iter().collect(), options)?;
        let schema = frame.collect_schema()?;
        Ok(Table { name, frame, schema })
    };
    table().map_err(|e| unreadable(&files, e.to_string()))
}

/// An error of the results' files, of which the first is named.
fn unreadable(files: &[PathBuf], reason: String) -> QueryError {
    let file = files.first().map_or_else(PathBuf::new, PathBuf::clone);
    DatasetError::io(&file, "read", io::Error::new(io::ErrorKind::InvalidData, reason)).into()
}
