//! The rows that are exported. Which they are is decided here alone.

use crate::{ExportOptions, Result};
use cartrial_dataset::{Dataset, DatasetError, PatientRows, RowSelection};
use std::ops::Range;

/// Patients that are handed over at a time: with their records in every form they are what an export keeps in memory.
const PATIENTS: u64 = 1024;

/// How many patients are exported.
pub(crate) fn patients(dataset: &Dataset, options: &ExportOptions<'_>) -> u64 {
    let manifest = dataset.manifest();
    if let Some(selection) = options.selection {
        return selection.rows.patients(manifest.identity().rows_per_patient());
    }
    let all = manifest.patients;
    options.first.map_or(all, |first| first.min(all))
}

/// The patients that are exported, by their ids.
#[derive(Debug)]
pub(crate) struct ExportedPatients {
    ids: Range<u64>,
    selection: Option<RowSelection>,
    rows_per_patient: usize,
    are_all: bool,
}

impl ExportedPatients {
    pub fn of(dataset: &Dataset, options: &ExportOptions<'_>) -> Self {
        let manifest = dataset.manifest();
        let (first, all) = (manifest.first_patient, manifest.patients);
        let wanted = options.first.map_or(all, |first| first.min(all));
        let selection = options.selection.map(|selection| selection.rows.clone());
        Self {
            ids: first..first + wanted,
            rows_per_patient: manifest.identity().rows_per_patient(),
            are_all: wanted == all && selection.is_none(),
            selection,
        }
    }

    /// Whether all patients are exported.
    pub fn are_all(&self) -> bool {
        self.are_all
    }

    pub fn contains(&self, id: u64) -> bool {
        let is_selected = |rows: &RowSelection| {
            let number = (id - self.ids.start) as usize;
            rows.has_patient(number, self.rows_per_patient)
        };
        self.ids.contains(&id) && self.selection.as_ref().is_none_or(is_selected)
    }
}

/// Names of the columns that are exported as they are.
pub(crate) fn columns<'a>(dataset: &'a Dataset, options: &ExportOptions<'a>) -> Result<Vec<&'a str>> {
    if options.columns.is_empty() {
        return Ok(dataset.columns().iter().map(|column| column.name.as_str()).collect());
    }
    let names: Vec<_> = options.columns.iter().map(String::as_str).collect();
    names.iter().try_for_each(|name| dataset.column(name).map(|_| ()))?;
    match (1..names.len()).find(|&i| names[..i].contains(&names[i])) {
        Some(i) => Err(DatasetError::Column {
            name: names[i].to_owned(),
            reason: "is named twice".to_owned(),
            remedy: "Name it once.".to_owned(),
        }
        .into()),
        None => Ok(names),
    }
}

/// Hands over the rows, a few hundred patients at a time, with those columns; all if none is named.
pub(crate) fn for_each_chunk(
    dataset: &Dataset,
    columns: &[&str],
    options: &ExportOptions<'_>,
    mut take: impl FnMut(&PatientRows) -> Result<()>,
) -> Result<()> {
    let selection = options.selection.map(|selection| selection.rows);
    // Where twins are parted, each of their rows counts.
    let mut left = selection.map_or_else(|| patients(dataset, options), RowSelection::rows);
    for rows in dataset.selected_chunks(columns, selection)? {
        let rows = rows?;
        let here = (rows.patients() as u64).min(left);
        for first in (0..here).step_by(PATIENTS as usize) {
            let end = here.min(first + PATIENTS);
            take(&rows.of_patients(first as usize..end as usize))?;
            (options.progress)(end - first);
        }
        left -= here;
        if left == 0 {
            break;
        }
    }
    Ok(())
}
