//! Work on a thread of its own, while the caller's thread watches for Ctrl-C and shows progress.

use crate::error::{WORDING, exception};
use cartrial::{Error, progress};
use pyo3::exceptions::{PyKeyboardInterrupt, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyBool;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// How often signals are looked for and progress is shown.
const EVERY: Duration = Duration::from_millis(50);

/// What people want to see of the progress.
pub enum Progress {
    /// A bar on standard error, where that is a terminal.
    Bar,
    /// Nothing.
    Hidden,
    /// A function of the patients done and the patients in all.
    Callback(Py<PyAny>),
}

impl<'py> FromPyObject<'_, 'py> for Progress {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(shown) = value.cast::<PyBool>() {
            return Ok(if shown.is_true() { Self::Bar } else { Self::Hidden });
        }
        if value.is_callable() {
            return Ok(Self::Callback(value.to_owned().unbind()));
        }
        let found = value.get_type().name()?;
        let expected = "True, False or a function of the patients done and the patients in all";
        Err(PyTypeError::new_err(format!("progress: expected {expected}, found {found}.")))
    }
}

/// What the two threads tell each other.
#[derive(Default)]
pub struct Monitor {
    stop: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
}

impl Monitor {
    /// Whether the work is to end.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Tells how much is done.
    pub fn report(&self, done: u64, total: u64) {
        self.total.store(total, Ordering::Relaxed);
        self.done.store(done, Ordering::Relaxed);
    }

    fn reported(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// Does `work` without the interpreter's lock. A signal or an error of the callback asks it to stop, and is raised once it
/// has.
///
/// # Errors
/// What was raised; the error of `work`.
pub fn run<T: Send>(
    py: Python<'_>,
    shown: &Progress,
    work: impl FnOnce(&Monitor) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let monitor = Monitor::default();
    let (raised, outcome) = py.detach(|| {
        std::thread::scope(|scope| {
            let (finished, is_finished) = mpsc::channel::<()>();
            let monitor = &monitor;
            let worker = scope.spawn(move || {
                // Dropped at the end, even by a panic.
                let _finished = finished;
                work(monitor)
            });
            let raised = watch(monitor, shown, &is_finished);
            let outcome = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (raised, outcome)
        })
    });
    match (raised, outcome) {
        (None, outcome) => outcome.map_err(|error| exception(py, &error)),
        (Some(raised), outcome) => Err(explained(py, raised, outcome.err())),
    }
}

/// Watches until the work is finished; what was raised meanwhile.
fn watch(monitor: &Monitor, shown: &Progress, is_finished: &mpsc::Receiver<()>) -> Option<PyErr> {
    let bar = progress::patients(!matches!(shown, Progress::Bar));
    let mut raised = None;
    let mut last = (0, 0);
    loop {
        let goes_on = matches!(is_finished.recv_timeout(EVERY), Err(mpsc::RecvTimeoutError::Timeout));
        let now = monitor.reported();
        let has_moved = std::mem::replace(&mut last, now) != now;
        bar.set_length(now.1);
        bar.set_position(now.0);
        if raised.is_none() {
            let seen = Python::attach(|py| {
                py.check_signals()?;
                match shown {
                    Progress::Callback(callback) if has_moved => callback.call1(py, now).map(drop),
                    _ => Ok(()),
                }
            });
            raised = seen.err();
            monitor.stop.store(raised.is_some(), Ordering::Relaxed);
        }
        if !goes_on {
            bar.finish_and_clear();
            return raised;
        }
    }
}

/// What was raised, with what is done and how to go on.
fn explained(py: Python<'_>, raised: PyErr, outcome: Option<Error>) -> PyErr {
    let Some(error @ Error::Interrupted { .. }) = outcome else { return raised };
    let text = format!("{error}. Go on with {}.", WORDING.resume);
    if raised.is_instance_of::<PyKeyboardInterrupt>(py) {
        return PyKeyboardInterrupt::new_err(text);
    }
    // A note is an extra: without it the error is still the right one.
    let _ = raised.value(py).call_method1("add_note", (text,));
    raised
}
