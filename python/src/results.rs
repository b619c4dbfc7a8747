//! Results on disk: of a run, of merged shards, and their statistics again.

use crate::arguments::existing;
use crate::error::failed_patients;
use crate::frame::Frame;
use crate::interruptible::{self, Progress};
use cartrial::{Dataset, Error};
use cartrial_dataset::Pieces;
use cartrial_findings::{StudyAnalysis, StudySummary};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use std::path::{Path, PathBuf};

/// The results of a complete run, on disk.
#[pyclass(frozen, module = "cartrial", skip_from_py_object)]
#[derive(Clone)]
pub struct Results {
    pub dataset: Dataset,
    summary: String,
    page: PathBuf,
    repaired: Vec<String>,
}

impl From<cartrial::Results> for Results {
    fn from(results: cartrial::Results) -> Self {
        let cartrial::Results { dataset, summary, page, repaired, .. } = results;
        Self { dataset, summary: json(&summary), page, repaired }
    }
}

#[pymethods]
impl Results {
    /// Their directory.
    #[getter]
    fn directory(&self) -> &Path {
        self.dataset.directory()
    }

    /// `report.html`, a page that needs no other file.
    #[getter]
    fn page(&self) -> &Path {
        &self.page
    }

    /// The Parquet files of the patient table, in order: `polars.read_parquet(results.files)`.
    #[getter]
    fn files(&self) -> Vec<PathBuf> {
        let files = &self.dataset.manifest().files;
        files.iter().map(|file| self.dataset.directory().join(&file.path)).collect()
    }

    /// Every statistic: the content of `summary.json`.
    #[getter]
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        loads(py, &self.summary)
    }

    /// What was run and what came out: the content of `manifest.json` but for its own hash.
    #[getter]
    fn manifest<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let manifest = serde_json::to_string(self.dataset.manifest());
        loads(py, &manifest.map_err(|error| PyValueError::new_err(error.to_string()))?)
    }

    /// Identifies the rows: the same study has the same, wherever and however it was run.
    #[getter]
    fn content_hash(&self) -> String {
        self.dataset.manifest().content_hash.to_string()
    }

    fn __repr__(&self) -> String {
        let manifest = self.dataset.manifest();
        format!("<cartrial.Results {}: {} rows>", self.dataset.directory().display(), manifest.rows)
    }
}

impl Results {
    /// Warns of files that were damaged and were made again.
    pub fn warn(&self, py: Python<'_>) -> PyResult<()> {
        for damage in &self.repaired {
            let text = format!("{damage} It has been made again.");
            py.import("warnings")?.call_method1("warn", (text,))?;
        }
        Ok(())
    }
}

/// Makes one study's results of those of all its shards: the same, bit for bit, as if it had been run at once.
///
/// `pieces` are directories of shards or directories that hold several; a single one of those is `out` by default.
#[pyfunction]
#[pyo3(signature = (pieces, out=None, *, existing="refuse"))]
pub fn merge(py: Python<'_>, pieces: OneOrMore, out: Option<PathBuf>, existing: &str) -> PyResult<Results> {
    let existing = self::existing(existing)?;
    let pieces = match pieces {
        OneOrMore::One(piece) => vec![piece],
        OneOrMore::More(pieces) => pieces,
    };
    let directory = match (out, pieces.as_slice()) {
        (Some(out), _) => out,
        (None, [one]) if !Pieces::is_one(one) => one.clone(),
        _ => {
            let text = "the merged results need a directory of their own. Give one with out.";
            return Err(PyValueError::new_err(text));
        }
    };
    let results = interruptible::run(py, &Progress::Hidden, |_| {
        cartrial::merge(&pieces, &directory, existing).map(Results::from)
    })?;
    failed_patients(py, &results)?.map_or(Ok(results), Err)
}

/// A path or several.
#[derive(FromPyObject)]
pub enum OneOrMore {
    /// A path.
    One(PathBuf),
    /// Several.
    More(Vec<PathBuf>),
}

/// Every statistic of simulated patients, or of results on disk: what stands in `summary.json`.
///
/// A frame is what `simulate` or `simulate_table` returned, as it is. Results are checked byte for byte first.
#[pyfunction]
pub fn analyse<'py>(py: Python<'py>, source: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let summary = if let Ok(frame) = source.cast::<Frame>() {
        let Some(patients) = &frame.get().patients else {
            let text = "the frame has the course of a patient, and statistics need outcomes. Analyse what \
                        cartrial.simulate returns.";
            return Err(PyValueError::new_err(text));
        };
        interruptible::run(py, &Progress::Hidden, |_| patients.analyse().map_err(Error::from))?
    } else if let Ok(results) = source.cast::<Results>() {
        of_directory(py, results.get().dataset.directory())?
    } else if let Ok(directory) = source.extract::<PathBuf>() {
        of_directory(py, &directory)?
    } else {
        let found = source.get_type().name()?;
        let expected = "what cartrial.simulate returns, or the directory of results";
        return Err(PyTypeError::new_err(format!("source: expected {expected}, found {found}.")));
    };
    loads(py, &json(&summary))
}

fn of_directory(py: Python<'_>, directory: &Path) -> PyResult<StudySummary> {
    interruptible::run(py, &Progress::Hidden, |_| {
        let dataset = Dataset::open_whole(directory)?;
        Ok(StudyAnalysis::of_dataset(&dataset)?.summary())
    })
}

fn json(summary: &StudySummary) -> String {
    serde_json::to_string(summary).unwrap_or_else(|error| panic!("a summary has a form in JSON: {error}"))
}

/// JSON as dictionaries and lists.
fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (text,))
}
