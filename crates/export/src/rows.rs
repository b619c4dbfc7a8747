//! The rows that are exported. Which they are is decided here alone.

use crate::{ExportOptions, Result};
use cartrial_cohort::Store;
use cartrial_dataset::{Dataset, DatasetError, PatientRows};
use std::ops::Range;

/// Patients that are handed over at a time: with their records in every form they are what an export keeps in memory.
const PATIENTS: u64 = 1024;

/// How many patients are exported.
pub(crate) fn patients(dataset: &Dataset, options: &ExportOptions<'_>) -> u64 {
    let all = dataset.manifest().patients;
    options.first.map_or(all, |first| first.min(all))
}

/// Their ids.
pub(crate) fn patient_ids(dataset: &Dataset, options: &ExportOptions<'_>) -> Range<u64> {
    let first = dataset.manifest().first_patient;
    first..first + patients(dataset, options)
}

/// Refuses results of which something is not stored.
pub(crate) fn check_stored(dataset: &Dataset) -> Result<()> {
    if dataset.manifest().study.run.store == Store::All {
        return Ok(());
    }
    Err(DatasetError::NotStored { directory: dataset.directory().into() }.into())
}

/// Hands over the rows, a few hundred patients at a time, with those columns; all if none is named.
pub(crate) fn for_each_chunk(
    dataset: &Dataset,
    columns: &[&str],
    options: &ExportOptions<'_>,
    mut take: impl FnMut(&PatientRows) -> Result<()>,
) -> Result<()> {
    let mut left = patients(dataset, options);
    for rows in dataset.chunks(columns)? {
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
