//! Patients of an existing cohort, read from a CSV or Parquet file, or from Parquet files in a directory.

mod builder;
mod carried;
mod csv;
mod parquet;
mod parts;

use crate::error::{Problem, quoted, show};
use crate::input_file::InputFile;
use builder::Builder;
use cartrial_model::{Endpoint, Quantities, Quantity};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Columns of the patient table that are neither a quantity nor an endpoint.
pub const ROW_COLUMNS: [&str; 7] =
    ["patient_id", "arm", "dose_total", "failed_at_day", "corrections", "status", "steps"];

/// The table that the patients come from: enough to find it again and to tell that it is the same.
///
/// Two are equal if they describe the same table in the same words, wherever the study file lies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TableSource {
    /// Path as the study file has it.
    #[serde(rename = "table")]
    pub path: String,
    /// Columns that are carried into the results unchanged, with that of the weights.
    pub carry: Vec<String>,
    /// Which of them statistics weight patients by; none if all count alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// Number of patients in it.
    pub rows: u64,
    /// SHA-256 of the file's bytes, in hexadecimal; of a directory, of its files' one after the other.
    pub sha256: String,
    /// Directory of the study file, in which `path` is looked up; empty for the current directory.
    ///
    /// It is not serialised: whoever reads a study back says where its table lies now, if it is to be run again.
    #[serde(skip)]
    pub directory: PathBuf,
}

impl PartialEq for TableSource {
    fn eq(&self, other: &Self) -> bool {
        let Self { path, carry, weight, rows, sha256, directory: _ } = self;
        (path, carry, weight, rows, sha256)
            == (&other.path, &other.carry, &other.weight, &other.rows, &other.sha256)
    }
}

impl Eq for TableSource {}

/// A column that is carried from the cohort table into the results unchanged, one value a patient.
#[derive(Clone, Debug, PartialEq)]
pub struct CarriedColumn {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: CarriedValues,
}

/// Values of a carried column; a missing one is `None`.
///
/// A CSV column is one of numbers when every value in it is a finite number without leading zeros, and the values
/// missing in it are empty or `NA`. In a Parquet file the column's own type decides.
#[derive(Clone, Debug, PartialEq)]
pub enum CarriedValues {
    /// Numbers.
    Number(Vec<Option<f64>>),
    /// Text.
    Text(Vec<Option<String>>),
}

/// A table in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub rows: u64,
    pub columns: Vec<(Quantity, Vec<f64>)>,
    pub carried: Vec<CarriedColumn>,
}

/// A table is held in memory.
const TABLE: InputFile = InputFile {
    noun: "a cohort table",
    most: 4 << 30,
    remedy: "Divide the cohort into several studies, or write the table as Parquet.",
};

/// Values in all of a table's columns: ten million patients with every quantity. In a Parquet file a few bytes may stand
/// for any number of them.
pub(crate) const MOST_VALUES: u64 = 300_000_000;

/// Why a table is refused.
pub(crate) enum Refusal {
    /// It could not be opened: the reason, and what to do.
    File(String, &'static str),
    /// What it says is wrong.
    Content(Vec<Problem>),
}

/// One cell, of a quantity or a carried column.
pub(crate) enum Cell<'a> {
    Missing,
    Number(f64),
    Text(&'a str),
}

impl<'a> Cell<'a> {
    /// The number that a text stands for, if it stands for one; any other cell as it is.
    fn as_number(&self) -> Cell<'a> {
        match *self {
            Cell::Text(text) => text.parse().map_or(Cell::Text(text), Cell::Number),
            Cell::Number(x) => Cell::Number(x),
            Cell::Missing => Cell::Missing,
        }
    }
}

/// Whether the patient table always has a column of that name. In a cohort table such a column is recognised, and ignored
/// unless it is a quantity, so that an exported table can be read back.
pub(crate) fn is_output_column(name: &str) -> bool {
    ROW_COLUMNS.contains(&name)
        || Quantity::from_symbol(name).is_some()
        || Endpoint::from_name(name).is_some()
}

impl TableSource {
    /// Reads and checks the whole table, and keeps what tells it from another.
    pub(crate) fn inspect(
        path: &str,
        directory: PathBuf,
        carry: Vec<String>,
        weight: Option<String>,
    ) -> Result<Self, Refusal> {
        let file = directory.join(path);
        let (table, sha256) = read(&file, &carry)?;
        if let Some(name) = &weight {
            let weights = table.carried.iter().find(|column| column.name == *name);
            weights.map_or(Ok(()), |column| check_weights(column, &file.display().to_string()))?;
        }
        Ok(Self { path: path.to_owned(), carry, weight, rows: table.rows, sha256, directory })
    }

    /// Path of the table's file or directory.
    pub fn file(&self) -> PathBuf {
        self.directory.join(&self.path)
    }

    /// Reads the table that was inspected before.
    pub(crate) fn load(&self) -> Result<Table, Refusal> {
        let (table, sha256) = read(&self.file(), &self.carry)?;
        if sha256 == self.sha256 {
            Ok(table)
        } else {
            let reason = "changed since the study was read";
            let remedy = "Leave the table alone while a study runs, and start again.";
            Err(Refusal::Content(vec![Problem::of_file(&self.file().display().to_string(), reason, remedy)]))
        }
    }
}

/// Weights above 0 whose squares, and sums of them, are numbers with all their digits.
const WEIGHTS: RangeInclusive<f64> = 1e-100..=1e100;

/// Refuses weights that are not those of patients.
fn check_weights(column: &CarriedColumn, file: &str) -> Result<(), Refusal> {
    let refuse = |row: Option<usize>, reason: String, remedy: &str| {
        let place = row.map_or_else(String::new, |row| format!("patient {row}, "));
        let key = format!("{place}column {}", quoted(&column.name));
        Err(Refusal::Content(vec![Problem { key, ..Problem::of_file(file, reason, remedy) }]))
    };
    let values = match &column.values {
        CarriedValues::Number(values) => values,
        CarriedValues::Text(_) => {
            let reason = "weights have to be finite numbers, and not all in this column are".to_owned();
            return refuse(None, reason, "Name another column with weight = \"…\".");
        }
    };
    let is_odd = |value: &Option<f64>| !value.is_some_and(|weight| weight.is_finite() && weight >= 0.0);
    if let Some(row) = values.iter().position(is_odd) {
        let found = values[row].map_or_else(|| "no value".to_owned(), show);
        let reason = format!("expected a weight of at least 0, found {found}");
        let remedy = "Give every patient a weight; one of 0 leaves a patient out of statistics.";
        return refuse(Some(row), reason, remedy);
    }
    let is_extreme = |value: &Option<f64>| value.is_some_and(|w| w != 0.0 && !WEIGHTS.contains(&w));
    if let Some(row) = values.iter().position(is_extreme) {
        let reason = format!(
            "expected a weight of 0 or from {} to {}, found {}",
            show(*WEIGHTS.start()),
            show(*WEIGHTS.end()),
            show(values[row].unwrap_or_default())
        );
        return refuse(Some(row), reason, "Divide all by one number: only their ratios matter.");
    }
    if column.weighs_nobody() {
        return refuse(None, "all weights are 0".to_owned(), "Give some patients a weight.");
    }
    Ok(())
}

impl CarriedColumn {
    /// Whether every weight of it is 0.
    pub(crate) fn weighs_nobody(&self) -> bool {
        matches!(&self.values, CarriedValues::Number(values) if values.iter().all(|value| *value == Some(0.0)))
    }
}

/// What to do about a table that is not there.
const RELATIVE: &str = "The path is taken relative to the study file.";

/// Reader of a format: the file's bytes, its name, the builder that checks them.
type Read = fn(Vec<u8>, &str, Builder<'_>) -> Result<Table, Vec<Problem>>;

fn read(file: &Path, carry: &[String]) -> Result<(Table, String), Refusal> {
    if file.is_dir() {
        return parts::read(file, carry);
    }
    let read: Read = match file.extension().and_then(|e| e.to_str()).map(str::to_lowercase).as_deref() {
        Some("csv") => csv::read,
        Some("parquet") => parquet::read,
        _ => {
            let reason = format!(
                "not a .csv or .parquet file, nor a directory: {}",
                quoted(&file.display().to_string())
            );
            return Err(Refusal::File(reason, RELATIVE));
        }
    };
    let shown = file.display().to_string();
    let bytes = bytes(file)?;
    let sha256 = hex(&Sha256::digest(&bytes));
    let table = read(bytes, &shown, Builder::new(&shown, carry)).map_err(Refusal::Content)?;
    Ok((table, sha256))
}

fn bytes(file: &Path) -> Result<Vec<u8>, Refusal> {
    TABLE.read(file).map_err(|(reason, remedy)| {
        let remedy = if remedy == TABLE.remedy { remedy } else { RELATIVE };
        Refusal::File(format!("{reason}: {}", quoted(&file.display().to_string())), remedy)
    })
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Table {
    /// The patient of a row: the standard patient, but for the columns that there are.
    pub(crate) fn quantities(&self, row: usize) -> Quantities {
        let mut quantities = Quantities::standard();
        for (quantity, values) in &self.columns {
            quantities[*quantity] = values[row];
        }
        quantities
    }
}
