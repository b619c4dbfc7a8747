//! The patient table as CSV.

use crate::rows;
use crate::staged_directory::StagedDirectory;
use crate::{ExportOptions, Exported, OutOfRange, Result};
use cartrial_dataset::{Dataset, DatasetError, PatientRows};
use cartrial_model::Endpoint;
use csv::{Writer, WriterBuilder};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fs::File;
use std::path::PathBuf;

const WIDE: &str = "patients.csv";
const LONG: &str = "outcomes.csv";
const FILES: [&str; 2] = [WIDE, LONG];
const LONG_HEAD: [&str; 5] = ["patient_id", "arm", "endpoint", "value", "unit"];

/// How the values of a patient stand in a CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvLayout {
    /// `patients.csv`: the columns of the patient table.
    Wide,
    /// `outcomes.csv`: a line for each endpoint of a patient in an arm, with value and unit.
    Long,
}

impl CsvLayout {
    /// Every layout.
    pub const ALL: [Self; 2] = [Self::Wide, Self::Long];

    const fn file(self) -> &'static str {
        match self {
            Self::Wide => WIDE,
            Self::Long => LONG,
        }
    }
}

/// Writes the patient table in those layouts, by default into `export-csv` within the results. A null is empty; every number
/// is in its shortest form that reads back to the same bits.
///
/// # Errors
/// [`ExportError`](crate::ExportError); then the directory is as it was.
pub fn export_csv(dataset: &Dataset, layouts: &[CsvLayout], options: &ExportOptions<'_>) -> Result<Exported> {
    dataset.check_stored()?;
    let names = rows::columns(dataset, options)?;
    let inside = dataset.directory().join("export-csv");
    let path = options.directory.unwrap_or(&inside);
    let directory = StagedDirectory::create(path, options.replace, &FILES)?;
    let mut tables = Vec::new();
    for layout in layouts {
        let (file, path) = (directory.file(layout.file())?, directory.shown(layout.file()));
        let mut table = Table { layout: *layout, path, csv: lines(file), records: 0 };
        match layout {
            CsvLayout::Wide => table.append(&names)?,
            CsvLayout::Long => table.append(&LONG_HEAD)?,
        }
        tables.push(table);
    }
    rows::for_each_chunk(dataset, &names, options, |rows| {
        let arms: Vec<&str> = rows.arm_of_rows().map(|arm| dataset.manifest().arms[arm].as_str()).collect();
        tables.iter_mut().try_for_each(|table| match table.layout {
            CsvLayout::Wide => table.append_wide(rows, &names, &arms),
            CsvLayout::Long => table.append_long(rows, &arms),
        })
    })?;
    let mut files = Vec::new();
    for table in tables {
        let Table { layout, path, mut csv, records } = table;
        csv.flush().map_err(|e| DatasetError::io(&path, "written", e))?;
        files.push((layout.file().to_owned(), Some(records)));
    }
    directory.publish()?;
    let patients = rows::patients(dataset, options);
    Ok(Exported { directory: path.to_owned(), patients, files, out_of_range: OutOfRange::default() })
}

/// A writer of lines; heads are lines like others.
fn lines(file: File) -> Writer<File> {
    WriterBuilder::new().has_headers(false).buffer_capacity(1 << 20).from_writer(file)
}

struct Table {
    layout: CsvLayout,
    path: PathBuf,
    csv: Writer<File>,
    records: u64,
}

/// A column of rows.
enum Values<'a> {
    Whole(Vec<u64>),
    Numbers(Cow<'a, [f64]>),
    Texts(Vec<Option<&'a str>>),
}

/// A row, as a line has it.
struct Line<'a> {
    columns: &'a [Values<'a>],
    row: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Cell<'a> {
    Whole(u64),
    Number(Option<f64>),
    Text(Option<&'a str>),
}

impl<'a> Values<'a> {
    /// The column of that name, whatever its type is; the arm of every row is `arms`.
    fn of(rows: &'a PatientRows, name: &str, arms: &[&'a str]) -> Result<Self> {
        if name == "arm" {
            return Ok(Self::Texts(arms.iter().copied().map(Some).collect()));
        }
        if let Ok(values) = rows.f64_column(name) {
            return Ok(Self::Numbers(values));
        }
        if let Ok(values) = rows.u64_column(name) {
            return Ok(Self::Whole(values.to_vec()));
        }
        if let Ok(values) = rows.u32_column(name) {
            return Ok(Self::Whole(values.iter().copied().map(u64::from).collect()));
        }
        Ok(Self::Texts(rows.text_column(name)?.collect()))
    }

    fn cell(&self, row: usize) -> Cell<'a> {
        match self {
            Self::Whole(values) => Cell::Whole(values[row]),
            Self::Numbers(values) => Cell::Number(Some(values[row]).filter(|value| !value.is_nan())),
            Self::Texts(values) => Cell::Text(values[row]),
        }
    }
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.columns.iter().map(|column| column.cell(self.row)))
    }
}

impl Table {
    fn append(&mut self, line: &[&str]) -> Result<()> {
        self.csv.write_record(line).map_err(|e| self.failure(e))
    }

    fn append_wide(&mut self, rows: &PatientRows, names: &[&str], arms: &[&str]) -> Result<()> {
        let columns: Vec<_> = names.iter().map(|name| Values::of(rows, name, arms)).collect::<Result<_>>()?;
        for row in 0..rows.len() {
            let line = Line { columns: &columns, row };
            self.csv.serialize(line).map_err(|e| self.failure(e))?;
        }
        self.records += rows.len() as u64;
        Ok(())
    }

    fn append_long(&mut self, rows: &PatientRows, arms: &[&str]) -> Result<()> {
        let ids = rows.u64_column("patient_id")?;
        let endpoints = Endpoint::ALL;
        let columns = endpoints.iter().map(|e| rows.f64_column(e.name())).collect::<Result<Vec<_>, _>>()?;
        for row in 0..rows.len() {
            for (endpoint, values) in endpoints.iter().zip(&columns) {
                let value = Some(values[row]).filter(|value| !value.is_nan());
                let line = (ids[row], arms[row], endpoint.name(), value, endpoint.unit());
                self.csv.serialize(line).map_err(|e| self.failure(e))?;
            }
        }
        self.records += rows.len() as u64 * Endpoint::COUNT as u64;
        Ok(())
    }

    fn failure(&self, error: csv::Error) -> crate::ExportError {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => DatasetError::io(&self.path, "written", error).into(),
            other => {
                let reason = format!("{other:?}");
                DatasetError::Encoding { path: self.path.clone(), reason }.into()
            }
        }
    }
}
