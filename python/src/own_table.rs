//! People's own patients: any table that Arrow can take.

use crate::error::{StudyError, study_exception, without_places};
use crate::frame::Frame;
use crate::interruptible::Progress;
use crate::simulation::into_frame;
use crate::study::Study;
use crate::toml_text::quoted;
use arrow_array::RecordBatch;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_pyarrow::FromPyArrow;
use cartrial::Cohort;
use parquet::arrow::ArrowWriter;
use pyo3::exceptions::{PyOSError, PyTypeError};
use pyo3::prelude::*;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The file through which the table goes; what is in it is checked by the one reader of cohort tables.
const FILE: &str = "table.parquet";

/// Simulates people's own patients, one in each row of `table`, in every arm of `study`.
///
/// Columns are named by symbol as in the patient table (`tumour_burden` in cells/µL, `d2` in 1/hour, …). A missing column
/// takes the standard patient's value; an unknown one is an error unless `carry` names it, which takes it into the
/// result unchanged. `study` gives arms, days (30 by default), solver and endpoints; its own patients are left aside.
///
/// Returns the columns of the patient table and the carried ones.
///
/// Raises `StudyError` naming every bad cell by row (from 1) and column.
#[pyfunction]
#[pyo3(
    signature = (table, study=None, *, carry=Vec::new(), threads=None, progress=Progress::Hidden),
    text_signature = "(table, study=None, *, carry=(), threads=None, progress=False)"
)]
pub fn simulate_table(
    py: Python<'_>,
    table: &Bound<'_, PyAny>,
    study: Option<Study>,
    carry: Vec<String>,
    threads: Option<i128>,
    progress: Progress,
) -> PyResult<Frame> {
    let directory: PathBuf = py.import("tempfile")?.call_method1("mkdtemp", ("", "cartrial-"))?.extract()?;
    let read = write(table, &directory.join(FILE)).and_then(|()| {
        py.detach(|| read(&directory, study.map(|study| study.study), &carry))
            .map_err(|error| study_exception(py, &in_python(error, &directory)))
    });
    std::fs::remove_dir_all(&directory)?;
    let (study, cohort) = read?;
    let ids = 0..cohort.patients();
    into_frame(py, study, &cohort, ids, threads, &progress)
}

fn write(table: &Bound<'_, PyAny>, path: &Path) -> PyResult<()> {
    if !table.hasattr("__arrow_c_stream__")? {
        let found = table.get_type().name()?;
        let expected =
            "an object with __arrow_c_stream__, such as a table of pyarrow, polars or pandas (2.2 or later)";
        return Err(PyTypeError::new_err(format!("table: expected {expected}, found {found}.")));
    }
    let unreadable =
        |why: &dyn std::fmt::Display| StudyError::new_err(format!("table: cannot be read: {why}."));
    let reader = RecordBatchStreamReader::from_pyarrow_bound(table)?;
    let schema = arrow_array::RecordBatchReader::schema(&reader);
    let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().map_err(|e| unreadable(&e))?;
    table.py().detach(|| {
        let file = File::create(path).map_err(PyOSError::new_err)?;
        let mut writer = ArrowWriter::try_new(file, schema, None).map_err(|e| unreadable(&e))?;
        batches.iter().try_for_each(|batch| writer.write(batch)).map_err(|e| unreadable(&e))?;
        writer.close().map(drop).map_err(|e| unreadable(&e))
    })
}

/// The study of those patients, and the patients.
fn read(
    directory: &Path,
    study: Option<cartrial::Study>,
    carry: &[String],
) -> Result<(cartrial::Study, Cohort), cartrial::StudyError> {
    let carry: Vec<_> = carry.iter().map(|name| quoted(name)).collect();
    let text = format!(
        "[study]\nname = \"table\"\n[population]\ntable = {}\ncarry = [{}]\n",
        quoted(FILE),
        carry.join(", ")
    );
    let of_table = cartrial::Study::parse(&text, &directory.join("study.toml"))?;
    let study = match study {
        Some(study) => {
            cartrial::Study { population: of_table.population, patients: of_table.patients, ..study }
        }
        None => of_table,
    };
    let cohort = Cohort::new(&study)?;
    Ok((study, cohort))
}

/// The error with the names that Python's people know.
fn in_python(error: cartrial::StudyError, directory: &Path) -> cartrial::StudyError {
    let mut error = without_places(error, &directory.join("study.toml").display().to_string());
    let file = directory.join(FILE).display().to_string();
    for problem in &mut error.problems {
        if problem.file.as_deref() == Some(&file) {
            problem.file = Some("table".to_owned());
        }
        problem.key = problem.key.replace("population.carry", "carry");
        problem.remedy = problem.remedy.replace(" under [population]", "");
    }
    error
}
