//! Patients simulated into memory.

use crate::arguments::{threads, whole};
use crate::frame::Frame;
use crate::interruptible::{self, Progress};
use crate::study::Study;
use cartrial::{Cohort, Error, Level, Options};
use cartrial_dataset::{BlockRows, Layout, PatientRows};
use cartrial_runner::{RunError, RunOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::ops::Range;

/// Simulates `count` patients from number `start` on (all by default) and keeps them in memory.
///
/// Returns one row for each patient and arm, where patients are randomised one for each patient, with the columns of the
/// patient table: the same bits as `Study.run` writes. A row takes about 450 bytes; patients by the million belong in
/// `Study.run`. An outcome of a failed patient is null, and `status` says why.
#[pyfunction]
#[pyo3(
    signature = (study, start=0, count=None, *, threads=None, progress=Progress::Hidden),
    text_signature = "(study, start=0, count=None, *, threads=None, progress=False)"
)]
pub fn simulate(
    py: Python<'_>,
    study: &Study,
    start: i128,
    count: Option<i128>,
    threads: Option<i128>,
    progress: Progress,
) -> PyResult<Frame> {
    let patients = study.study.patients;
    let start = whole("start", start, 0)?;
    let count = count.map_or(Ok(patients.saturating_sub(start)), |count| whole("count", count, 1))?;
    let end = start.checked_add(count).filter(|&end| start < end && end <= patients);
    let Some(end) = end else {
        return Err(PyValueError::new_err(format!(
            "start={start}, count={count}: the study has the patients 0 to {}.",
            patients - 1
        )));
    };
    let workers = self::threads(threads)?.into();
    let cohort = interruptible::run(py, &progress, |monitor| {
        let run = RunOptions { threads: workers, ..RunOptions::new(Level::from_environment()?) };
        let (report, stop) = (|done, total| monitor.report(done, total), || monitor.is_stopped());
        let options = Options { progress: Some(&report), stop: Some(&stop), ..Options::default() };
        cartrial::enrol(&study.study, &run, &options)
    })?;
    into_frame(py, study.study.clone(), &cohort, start..end, threads, &progress)
}

/// Simulates patients of a cohort.
pub fn into_frame(
    py: Python<'_>,
    study: cartrial::Study,
    cohort: &Cohort,
    ids: Range<u64>,
    threads: Option<i128>,
    progress: &Progress,
) -> PyResult<Frame> {
    let threads = self::threads(threads)?.into();
    let layout = Layout::new(&study, cohort);
    let rows = interruptible::run(py, progress, |monitor| {
        let options = RunOptions { threads, ..RunOptions::new(Level::from_environment()?) };
        let mut rows: Vec<PatientRows> = Vec::new();
        let (mut done, total) = (0, ids.end - ids.start);
        let outcome = cartrial_runner::run(
            &study,
            cohort,
            ids,
            &options,
            |block| BlockRows::of(&layout, &block).rows,
            |block| {
                done += block.patients() as u64;
                rows.push(block);
                monitor.report(done, total);
                if monitor.is_stopped() { Err(Ended::Stopped) } else { Ok(()) }
            },
        );
        match outcome {
            Err(Ended::Failed(error)) => Err(Error::from(error)),
            // What stopped it is raised.
            Ok(()) | Err(Ended::Stopped) => Ok(rows),
        }
    })?;
    Ok(Frame::of_patients(study, &layout, rows))
}

/// Why a simulation ended early.
enum Ended {
    Stopped,
    Failed(RunError),
}

impl From<RunError> for Ended {
    fn from(error: RunError) -> Self {
        Self::Failed(error)
    }
}
