//! A study in Python.

use crate::arguments::{existing, overrides, threads};
use crate::error::{failed_patients, study_exception, without_places};
use crate::interruptible::{self, Monitor, Progress};
use crate::results::Results;
use crate::toml_text;
use cartrial::{Options, RunStudy, Shard};
use cartrial_cohort::{Overrides, Population};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use std::path::{Path, PathBuf};

/// What is to be run, with every default filled in and every value checked.
///
/// Studies can be compared and pickled. A value given as `patients`, `seed` or `days` (of follow-up) takes the place of
/// the study's own.
#[pyclass(frozen, eq, module = "cartrial", from_py_object)]
#[derive(Clone, PartialEq)]
pub struct Study {
    pub study: cartrial::Study,
}

/// A function, and the arguments by which it makes a study again.
type Pickled<'py> = (Bound<'py, PyAny>, (String, PathBuf));

/// What a text that was passed is called in messages.
const TEXT: &str = "<text>";
/// What a text made from a dictionary is called where nobody sees it.
const DICTIONARY: &str = "<dict>";

#[pymethods]
impl Study {
    /// Reads and checks a study file (TOML), and the table of patients that it may name.
    ///
    /// Raises `StudyError`.
    #[classmethod]
    #[pyo3(signature = (path, *, patients=None, seed=None, days=None))]
    fn read(
        cls: &Bound<'_, PyType>,
        path: PathBuf,
        patients: Option<i128>,
        seed: Option<i128>,
        days: Option<f64>,
    ) -> PyResult<Self> {
        let study = cartrial::Study::read_with(&path, &overrides(patients, seed, days)?);
        study.map(|study| Self { study }).map_err(|error| study_exception(cls.py(), &error))
    }

    /// Checks the text of a study file. A table of patients is looked up in `directory`.
    ///
    /// Raises `StudyError`.
    #[classmethod]
    #[pyo3(
        signature = (text, directory=PathBuf::new(), *, patients=None, seed=None, days=None),
        text_signature = "($cls, text, directory='', *, patients=None, seed=None, days=None)"
    )]
    fn from_toml(
        cls: &Bound<'_, PyType>,
        text: &str,
        directory: PathBuf,
        patients: Option<i128>,
        seed: Option<i128>,
        days: Option<f64>,
    ) -> PyResult<Self> {
        let overrides = overrides(patients, seed, days)?;
        let study = cartrial::Study::parse_with(text, &directory.join(TEXT), &overrides);
        study.map(|study| Self { study }).map_err(|error| study_exception(cls.py(), &error))
    }

    /// Checks a study file's content as dictionaries and lists: `{"study": {"name": "x", "patients": 200}}`.
    ///
    /// Raises `StudyError`.
    #[classmethod]
    #[pyo3(
        signature = (values, directory=PathBuf::new(), *, patients=None, seed=None, days=None),
        text_signature = "($cls, values, directory='', *, patients=None, seed=None, days=None)"
    )]
    fn from_dict(
        cls: &Bound<'_, PyType>,
        values: &Bound<'_, PyDict>,
        directory: PathBuf,
        patients: Option<i128>,
        seed: Option<i128>,
        days: Option<f64>,
    ) -> PyResult<Self> {
        let overrides = overrides(patients, seed, days)?;
        let path = directory.join(DICTIONARY);
        let study = cartrial::Study::parse_with(&toml_text::document(values)?, &path, &overrides);
        study
            .map(|study| Self { study })
            .map_err(|error| study_exception(cls.py(), &without_places(error, &path.display().to_string())))
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.study.name
    }

    /// Seed of every draw.
    #[getter]
    fn seed(&self) -> u64 {
        self.study.seed
    }

    /// Number of patients.
    #[getter]
    fn patients(&self) -> u64 {
        self.study.patients
    }

    /// Length of follow-up in days.
    #[getter]
    fn days(&self) -> f64 {
        self.study.days
    }

    /// Names of the arms, in order.
    #[getter]
    fn arms(&self) -> Vec<&str> {
        self.study.arms.iter().map(|arm| arm.name.as_str()).collect()
    }

    /// The study as a study file, every default included. `from_toml` reads it as an equal study.
    fn to_toml(&self) -> String {
        self.study.to_toml()
    }

    /// The same as dictionaries and lists. `from_dict` reads it as an equal study.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("tomllib")?.call_method1("loads", (self.study.to_toml(),))
    }

    /// Simulates every patient in every arm and writes patient table, statistics, figures and page.
    ///
    /// Memory does not grow with the number of patients. No argument changes a single bit of the results.
    ///
    /// Args:
    ///     out: Directory of the results; `results/NAME` by default.
    ///     threads: Worker threads; one for each core by default.
    ///     existing: What becomes of results that the directory already holds. "resume" goes on with an interrupted run.
    ///     progress: A bar on standard error where that is a terminal, nothing, or a function that is called with the
    ///         patients done and the patients in all, some twenty times a second at most.
    ///
    /// Raises:
    ///     ResultsError: The directory holds results already, or cannot be written to.
    ///     FailedPatientsError: More patients failed than the study allows; everything is written.
    ///     KeyboardInterrupt: Ctrl-C. The file in hand was finished first, and existing="resume" goes on from there.
    #[pyo3(
        signature = (out=None, *, threads=None, existing="refuse", progress=Progress::Bar),
        text_signature = "($self, out=None, *, threads=None, existing='refuse', progress=True)"
    )]
    fn run(
        &self,
        py: Python<'_>,
        out: Option<PathBuf>,
        threads: Option<i128>,
        existing: &str,
        progress: Progress,
    ) -> PyResult<Results> {
        let results = self.watched(py, out, threads, existing, &progress, |study, options| {
            study.run(options).map(Results::from)
        })?;
        results.warn(py)?;
        failed_patients(py, &results)?.map_or(Ok(results), Err)
    }

    /// Simulates the patients of one shard, "I/K" (the first of four is "1/4"), for `merge`.
    ///
    /// Returns the shard's own directory, `shard-I-of-K` below `out`. Run again, it does only what is missing.
    #[pyo3(
        signature = (shard, out=None, *, threads=None, existing="resume", progress=Progress::Bar),
        text_signature = "($self, shard, out=None, *, threads=None, existing='resume', progress=True)"
    )]
    fn run_shard(
        &self,
        py: Python<'_>,
        shard: &str,
        out: Option<PathBuf>,
        threads: Option<i128>,
        existing: &str,
        progress: Progress,
    ) -> PyResult<PathBuf> {
        let shard: Shard = shard.parse().map_err(|why| PyValueError::new_err(format!("shard: {why}.")))?;
        self.watched(py, out, threads, existing, &progress, |study, options| {
            study.run_shard(shard, options).map(|dataset| dataset.directory().to_owned())
        })
    }

    fn __repr__(&self) -> String {
        let cartrial::Study { name, patients, days, arms, .. } = &self.study;
        let arms: Vec<_> = arms.iter().map(|arm| arm.name.as_str()).collect();
        format!("<cartrial.Study {name:?}: {patients} patients, {days} days, arms {arms:?}>")
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Pickled<'py>> {
        let from_toml = py.get_type::<Self>().getattr("from_toml")?;
        Ok((from_toml, (self.study.to_toml(), self.directory().to_owned())))
    }
}

impl Study {
    /// The directory in which the study's table is looked up.
    fn directory(&self) -> &Path {
        match &self.study.population {
            Population::Table(source) => &source.directory,
            Population::Drawn(_) => Path::new(""),
        }
    }

    /// The same study with other values.
    pub fn with(&self, overrides: &Overrides) -> Result<cartrial::Study, cartrial::StudyError> {
        if *overrides == Overrides::default() {
            return Ok(self.study.clone());
        }
        let path = self.directory().join(TEXT);
        let study = cartrial::Study::parse_with(&self.study.to_toml(), &path, overrides);
        study.map_err(|error| without_places(error, &path.display().to_string()))
    }

    fn watched<T: Send>(
        &self,
        py: Python<'_>,
        out: Option<PathBuf>,
        threads: Option<i128>,
        existing: &str,
        progress: &Progress,
        work: impl FnOnce(&cartrial::Study, &Options<'_>) -> Result<T, cartrial::Error> + Send,
    ) -> PyResult<T> {
        let (threads, existing) = (self::threads(threads)?, self::existing(existing)?);
        interruptible::run(py, progress, |monitor: &Monitor| {
            let options = Options {
                directory: out,
                existing,
                threads,
                level: None,
                progress: Some(&|done, total| monitor.report(done, total)),
                stop: Some(&|| monitor.is_stopped()),
            };
            work(&self.study, &options)
        })
    }
}
