//! What is asked of some of the rows of results: subgroups and exports, by conditions in SQL that are checked before anything is
//! written.

use crate::Error;
use cartrial_dataset::Dataset;
use cartrial_export::{
    AdamFormat, CsvLayout, ExportOptions, Exported, Selection, export_adam, export_csv, export_parquet,
};
use cartrial_findings::subgroups::{Condition, SubgroupColumn, SubgroupFindings, SubgroupRequest};
use cartrial_query::{SelectedRows, select_rows};
use cartrial_report::terminal;
use std::path::Path;

/// Where the time of creation that formats ask for comes from, so that the same results give the same files.
const CREATED: &str = "SOURCE_DATE_EPOCH";

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Analysis data sets of CDISC ADaM.
    Adam,
    /// The patient table as CSV.
    Csv,
    /// The patient table as one Parquet file.
    Parquet,
}

/// An export, as people ask for it.
#[derive(Clone, Copy)]
pub struct ExportRequest<'a> {
    /// What is written.
    pub format: ExportFormat,
    /// Forms of the ADaM data sets. Empty: all.
    pub forms: &'a [AdamFormat],
    /// How values stand in CSV. Empty: in both ways, or wide where columns are chosen.
    pub layouts: &'a [CsvLayout],
    /// The rows that satisfy this condition alone, as after SQL's WHERE; of ADaM, the subjects.
    pub condition: Option<&'a str>,
    /// Columns of the patient table. Empty: all.
    pub columns: &'a [String],
    /// The first patients alone, as many as this.
    pub first: Option<u64>,
    /// The directory for the files. `None`: one within the results.
    pub directory: Option<&'a Path>,
    /// Whether an earlier export in that directory is replaced.
    pub replace: bool,
    /// Called with the number of patients that have come since the last call, and of those that are exported.
    pub progress: &'a (dyn Fn(u64, u64) + Sync),
}

impl ExportRequest<'_> {
    /// Everything in a format, within the results.
    pub fn new(format: ExportFormat) -> Self {
        Self {
            format,
            forms: &[],
            layouts: &[],
            condition: None,
            columns: &[],
            first: None,
            directory: None,
            replace: false,
            progress: &|_, _| {},
        }
    }

    /// What is asked for fits together.
    fn check(&self) -> Result<(), RequestError> {
        let has_columns = !self.columns.is_empty();
        let refused = match self.format {
            _ if self.condition.is_some() && self.first.is_some() => RequestError::TwoExtracts,
            ExportFormat::Adam | ExportFormat::Parquet if !self.layouts.is_empty() => {
                RequestError::LayoutsOfOther
            }
            ExportFormat::Csv | ExportFormat::Parquet if !self.forms.is_empty() => RequestError::FormsOfOther,
            ExportFormat::Adam if has_columns => RequestError::ColumnsOfAdam,
            ExportFormat::Csv if has_columns && self.layouts.contains(&CsvLayout::Long) => {
                RequestError::ColumnsOfLong
            }
            _ => return Ok(()),
        };
        Err(refused)
    }

    /// Each form once, in their own order.
    fn forms(&self) -> Vec<AdamFormat> {
        AdamFormat::ALL.into_iter().filter(|f| self.forms.is_empty() || self.forms.contains(f)).collect()
    }

    fn layouts(&self) -> &[CsvLayout] {
        match (self.layouts, self.columns) {
            ([], []) => &CsvLayout::ALL,
            ([], _) => &[CsvLayout::Wide],
            (layouts, _) => layouts,
        }
    }
}

/// Why some rows cannot be had as was asked. [`Wording::request`](crate::Wording::request) says what can be done.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// No patient is left.
    #[error("no patient satisfies the condition")]
    Nobody,
    /// The condition may hold in one arm of a subject and not in another.
    #[error("{column} may differ between the arms of a subject, and ADaM has subjects whole")]
    PartsSubjects {
        /// The column that it speaks of.
        column: String,
    },
    /// An extract is chosen in two ways.
    #[error("an extract is the first patients or those of a condition")]
    TwoExtracts,
    /// Layouts, of what is no CSV.
    #[error("layouts are for CSV")]
    LayoutsOfOther,
    /// Forms, of what is no ADaM.
    #[error("forms are for ADaM")]
    FormsOfOther,
    /// Columns, of ADaM.
    #[error("the variables of ADaM are fixed")]
    ColumnsOfAdam,
    /// Columns, of lines that have one outcome each.
    #[error("a line of the long layout has a single outcome")]
    ColumnsOfLong,
    /// The environment has no time of creation.
    #[error("{CREATED} is \"{found}\": expected whole seconds since 1970")]
    Created {
        /// What it has.
        found: String,
    },
}

/// The rows of `dataset` that satisfy a condition, of which there is at least one.
fn selected(dataset: &Dataset, condition: Option<&str>) -> Result<Option<SelectedRows>, Error> {
    let Some(condition) = condition else { return Ok(None) };
    let selected = select_rows(dataset, condition)?;
    if selected.rows.rows() == 0 { Err(RequestError::Nobody.into()) } else { Ok(Some(selected)) }
}

/// The main outcomes in subgroups of the patients who satisfy a condition.
///
/// # Errors
/// If the condition or the column is none, would part what is compared, or leaves nobody; if the rows cannot be read.
pub fn subgroups(
    dataset: &Dataset,
    condition: Option<&str>,
    by: Option<&SubgroupColumn>,
) -> Result<SubgroupFindings, Error> {
    dataset.check_stored()?;
    let selected = selected(dataset, condition)?;
    let condition = condition.zip(selected.as_ref()).map(|(text, selected)| Condition {
        text,
        columns: &selected.columns,
        rows: &selected.rows,
    });
    Ok(SubgroupFindings::of_dataset(dataset, &SubgroupRequest { condition, by })?)
}

/// Writes finished results in the format of others.
///
/// # Errors
/// If the request does not fit together or leaves nobody; if results cannot be read, or files cannot be written.
pub fn export(results: &Path, request: &ExportRequest<'_>) -> Result<Exported, Error> {
    request.check()?;
    let created = created()?;
    let dataset = Dataset::open_whole(results)?;
    dataset.check_stored()?;
    let selected = selected(&dataset, request.condition)?;
    if let (ExportFormat::Adam, Some(selected)) = (request.format, &selected) {
        check_whole_subjects(&dataset, selected)?;
    }
    let selection = selected.as_ref().zip(request.condition);
    let selection = selection.map(|(selected, condition)| Selection { rows: &selected.rows, condition });
    let all = dataset.manifest().patients;
    let of = request.first.map_or(all, |first| first.min(all));
    let options = ExportOptions {
        directory: request.directory,
        replace: request.replace,
        first: request.first,
        selection: selection.as_ref(),
        columns: request.columns,
        created,
        progress: &|more| (request.progress)(more, of),
    };
    Ok(match request.format {
        ExportFormat::Adam => export_adam(&dataset, &request.forms(), &options),
        ExportFormat::Csv => export_csv(&dataset, request.layouts(), &options),
        ExportFormat::Parquet => export_parquet(&dataset, &options),
    }?)
}

/// Refuses a condition that may hold in one arm of a subject and not in another.
fn check_whole_subjects(dataset: &Dataset, selected: &SelectedRows) -> Result<(), RequestError> {
    if dataset.manifest().is_randomised() || dataset.manifest().arms.len() == 1 {
        return Ok(());
    }
    match selected.columns.iter().find(|name| !dataset.is_baseline(name)) {
        Some(column) => Err(RequestError::PartsSubjects { column: column.clone() }),
        None => Ok(()),
    }
}

fn created() -> Result<i64, RequestError> {
    let Some(text) = std::env::var_os(CREATED) else { return Ok(0) };
    // Up to the end of the year 9999.
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    seconds
        .filter(|seconds| (0..=253_402_300_799).contains(seconds))
        .ok_or_else(|| RequestError::Created { found: text.display().to_string() })
}

/// What there is to say of a table that does not have all rows.
pub fn partly_stored(dataset: &Dataset) -> Option<String> {
    let (stored, rows) = (dataset.stored_rows(), dataset.manifest().rows);
    let text = || {
        let (stored, rows) = (terminal::thousands(stored), terminal::thousands(rows));
        format!("the table has {stored} of {rows} rows: [run] store keeps no more.")
    };
    (stored < rows).then(text)
}

/// What there is to say of numbers that transport files cannot hold.
pub fn out_of_range(exported: &Exported) -> Vec<String> {
    let of = exported.out_of_range;
    [(of.too_small, "below 5.4e-79, which are 0"), (of.too_large, "of 7.2e75 and more, which are missing")]
        .into_iter()
        .filter(|&(count, _)| count > 0)
        .map(|(count, about)| {
            format!("Numbers {about} in the transport files: {}", terminal::thousands(count))
        })
        .collect()
}
