//! Results on disk: of a run, of merged shards, and their statistics again.

use crate::arguments::existing;
use crate::error::failed_patients;
use crate::frame::Frame;
use crate::interruptible::{self, Progress};
use crate::some_rows::{self, Export};
use cartrial::{Dataset, Error};
use cartrial_dataset::Pieces;
use cartrial_findings::{StudyAnalysis, StudySummary};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use serde::Serialize;
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

    /// Answers one SELECT over the tables of the results: `patients`, and `trajectories` where the study asked for them.
    ///
    /// The SQL is that of polars; docs/query.md has it. All rows of the answer are kept in memory. A column of an answer has
    /// no label and no unit.
    ///
    /// Raises:
    ///     ValueError: What is asked is no question, or names what there is not. The text names the place and a remedy.
    ///     ResultsError: The tables are not stored, or cannot be read.
    fn query(&self, py: Python<'_>, sql: &str) -> PyResult<Frame> {
        some_rows::query(py, self.dataset.directory(), sql)
    }

    /// The main outcomes in subgroups of the patients: what `cartrial analyse --where --by` writes to `subgroups.json`.
    ///
    /// Nothing is written. The files are checked byte for byte first.
    ///
    /// Args:
    ///     where: The patients that satisfy this condition alone, as after SQL's WHERE: "tumour_burden > 500".
    ///     by: The column that forms subgroups: by its values, or of a number by cuts, as in "tumour_burden:250,500"
    ///         (thirds by default).
    ///
    /// Raises:
    ///     ValueError: The condition or the column is none, would part what is compared, or leaves nobody.
    ///     ResultsError: The rows are not stored, or cannot be read.
    #[pyo3(signature = (*, r#where=None, by=None))]
    fn analyse<'py>(
        &self,
        py: Python<'py>,
        r#where: Option<&str>,
        by: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let found = some_rows::subgroups(py, self.dataset.directory(), r#where, by)?;
        loads(py, &json(&found))
    }

    /// Writes the results in the format of others, as `cartrial export` does, and returns the paths of the files.
    ///
    /// Args:
    ///     format: "adam" (CDISC ADaM), "csv", or "parquet" (one file, with labels and units).
    ///     out: Directory for the files; `export-FORMAT` in the results directory by default.
    ///     where: An extract: the rows that satisfy this condition, as after SQL's WHERE; of ADaM, the subjects.
    ///     columns: Columns of the patient table, in this order; all by default.
    ///     first: An extract: the first patients alone, as many as this.
    ///     forms: Forms of the ADaM data sets: "parquet", "json", "xpt"; all by default.
    ///     layout: How values stand in CSV: "wide", "long" or "both", the default.
    ///     existing: What becomes of an export that the directory already holds.
    ///     progress: As of `Study.run`.
    ///
    /// Raises:
    ///     ValueError: What is asked for does not fit together, names what there is not, or leaves nobody.
    ///     ResultsError: The results cannot be read, or the directory cannot be written to.
    ///     KeyboardInterrupt: Ctrl-C, once the export is written.
    #[pyo3(
        signature = (
            format, out=None, *, r#where=None, columns=Vec::new(), first=None, forms=Vec::new(), layout=None,
            existing="refuse", progress=Progress::Hidden
        ),
        text_signature = "($self, format, out=None, *, where=None, columns=(), first=None, forms=(), layout=None, \
                          existing='refuse', progress=False)"
    )]
    #[expect(clippy::too_many_arguments, reason = "they are named in Python")]
    fn export(
        &self,
        py: Python<'_>,
        format: &str,
        out: Option<PathBuf>,
        r#where: Option<&str>,
        columns: Vec<String>,
        first: Option<i128>,
        forms: Vec<String>,
        layout: Option<&str>,
        existing: &str,
        progress: Progress,
    ) -> PyResult<Vec<PathBuf>> {
        let export = Export {
            format,
            out: out.as_deref(),
            condition: r#where,
            columns: &columns,
            first,
            forms: &forms,
            layout,
            existing,
        };
        some_rows::export(py, self.dataset.directory(), &export, &progress)
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

pub(crate) fn json(findings: &impl Serialize) -> String {
    serde_json::to_string(findings).unwrap_or_else(|error| panic!("findings have a form in JSON: {error}"))
}

/// JSON as dictionaries and lists.
pub(crate) fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (text,))
}
