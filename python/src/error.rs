//! Errors as Python's exceptions, with the texts of the command line and the names of Python's arguments.

use crate::results::Results;
use cartrial::{DatasetError, Error, ExportError, Problem, QueryError, Wording};
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

create_exception!(
    cartrial,
    StudyError,
    PyValueError,
    "A study or a table of patients is wrong.\n\n\
     The text names every mistake with its place, its reason and a remedy. `problems` has them one by one, as\n\
     dictionaries of `file`, `line`, `column`, `key`, `reason` and `remedy`."
);
create_exception!(
    cartrial,
    ResultsError,
    PyException,
    "Results could not be written or read. The text names the place, the reason and a remedy."
);
create_exception!(
    cartrial,
    FailedPatientsError,
    ResultsError,
    "More patients failed than the study's `[run] max_failed_fraction` allows. Everything is written; `results` has it."
);

/// What is typed in Python.
pub const WORDING: Wording = Wording {
    out: "out",
    replace: "existing=\"replace\"",
    resume: "existing=\"resume\"",
    shard: "run_shard",
    merge: "cartrial.merge",
    threads: "threads",
    patients: "patients",
    seed: "seed",
    days: "days",
    first: "first",
    forms: "forms",
    format: "format",
    layout: "layout",
    columns: "columns",
    condition: "where",
    by: "by",
    assignment: "=",
    build_with_query: "Install it with its features: `pip install ./python`.",
};

/// The exception of an error.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let text = WORDING.error(error);
    match error {
        Error::Study(error) => study_exception(py, error),
        Error::Dataset(DatasetError::Column { .. })
        | Error::Export(ExportError::Dataset(DatasetError::Column { .. })) => PyValueError::new_err(text),
        Error::Query(QueryError::NotBuilt) => PyRuntimeError::new_err(text),
        Error::Dataset(_)
        | Error::File(_)
        | Error::Accumulators { .. }
        | Error::Export(_)
        | Error::Query(QueryError::Dataset(_)) => ResultsError::new_err(text),
        Error::Level(_)
        | Error::Query(QueryError::Asked { .. })
        | Error::Request(_)
        | Error::Subgroups { .. }
        | Error::NotDrawn { .. }
        | Error::Calibration { .. }
        | Error::TooManyShards { .. }
        | Error::ShardsTooSmall { .. } => PyValueError::new_err(text),
        Error::StandardPatient { .. }
        | Error::Threads { .. }
        | Error::Interrupted { .. }
        | Error::InterruptedEnrolment => PyRuntimeError::new_err(text),
    }
}

/// The exception of a wrong study or table.
pub fn study_exception(py: Python<'_>, error: &cartrial::StudyError) -> PyErr {
    let raised = StudyError::new_err(WORDING.problems(error).join("\n"));
    match list(py, &error.problems).and_then(|problems| raised.value(py).setattr("problems", problems)) {
        Ok(()) => raised,
        Err(error) => error,
    }
}

fn list<'py>(py: Python<'py>, problems: &[Problem]) -> PyResult<Bound<'py, PyList>> {
    let problems = problems.iter().map(|problem| {
        let entries = PyDict::new(py);
        entries.set_item("file", &problem.file)?;
        entries.set_item("line", problem.line)?;
        entries.set_item("column", problem.column)?;
        entries.set_item("key", &problem.key)?;
        entries.set_item("reason", &problem.reason)?;
        entries.set_item("remedy", &problem.remedy)?;
        Ok(entries)
    });
    PyList::new(py, problems.collect::<PyResult<Vec<_>>>()?)
}

/// The exception of a run that is complete but for patients who failed; none if no more failed than may.
pub fn failed_patients(py: Python<'_>, results: &Results) -> PyResult<Option<PyErr>> {
    let Some(text) = cartrial::too_many_failed(results.dataset.manifest()) else { return Ok(None) };
    let raised = FailedPatientsError::new_err(text);
    raised.value(py).setattr("results", Py::new(py, results.clone())?)?;
    Ok(Some(raised))
}

/// The study's error without the places of a text that nobody typed; `directory/name` is what that text was called.
pub fn without_places(mut error: cartrial::StudyError, unseen: &str) -> cartrial::StudyError {
    for problem in &mut error.problems {
        if problem.file.as_deref() == Some(unseen) {
            *problem = Problem { file: None, line: None, column: None, span: None, ..problem.clone() };
        }
    }
    error
}
