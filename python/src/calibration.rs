//! How a study's patients come to look like those of a real trial.

use crate::arguments::threads;
use crate::interruptible::{self, Progress};
use crate::results::{json, loads};
use crate::study::Study;
use cartrial::{Error, Level};
use cartrial_findings::calibration;
use cartrial_runner::RunOptions;
use pyo3::prelude::*;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

/// How near the patients of a study with `[population.targets]` come to the shares of a real trial: what `cartrial calibrate` writes to
/// `calibration.json`.
///
/// `Study.run` and `simulate` enrol the same patients by themselves.
///
/// Raises:
///     ValueError: The study has no targets, no candidate is plausible, or no weights come near to the shares.
///     KeyboardInterrupt: Ctrl-C.
#[pyfunction]
#[pyo3(
    signature = (study, *, threads=None, progress=Progress::Hidden),
    text_signature = "(study, *, threads=None, progress=False)"
)]
pub fn calibrate<'py>(
    py: Python<'py>,
    study: &Study,
    threads: Option<i128>,
    progress: Progress,
) -> PyResult<Bound<'py, PyAny>> {
    let threads = self::threads(threads)?.into();
    let found = interruptible::run(py, &progress, |monitor| {
        let options = RunOptions { threads, ..RunOptions::new(Level::from_environment()?) };
        let candidates = calibration::targets(&study.study).map_or(0, |targets| targets.candidates);
        let done = AtomicU64::new(0);
        let progress = |more: u64| {
            monitor.report(done.fetch_add(more, Ordering::Relaxed) + more, candidates);
            if monitor.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        calibration::calibrate(&study.study, &options, &progress).map_err(Error::from)
    })?;
    loads(py, &json(&found))
}
