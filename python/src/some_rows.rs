//! What is asked of some of the rows of results: SQL, subgroups, exports.

use crate::arguments::{one_of, whole};
use crate::frame::Frame;
use crate::interruptible::{self, Progress};
use arrow_array::RecordBatchReader;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_pyarrow::FromPyArrow;
use cartrial::{
    AdamFormat, AnswerStream, CsvLayout, Dataset, ExportFormat, ExportRequest, SubgroupColumn,
    SubgroupFindings,
};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Warns of what is true but may not be expected.
fn warn(py: Python<'_>, text: &str) -> PyResult<()> {
    py.import("warnings")?.call_method1("warn", (text,)).map(drop)
}

/// Answers one SELECT over the tables of results.
pub fn query(py: Python<'_>, results: &Path, sql: &str) -> PyResult<Frame> {
    let (stream, note) = interruptible::run(py, &Progress::Hidden, |_| {
        let dataset = Dataset::open_unhashed(results)?;
        Ok((cartrial::stream_answer(&dataset, sql)?, cartrial::partly_stored(&dataset)))
    })?;
    if let Some(note) = note {
        warn(py, &note)?;
    }
    let answer = Bound::new(py, Answer(Mutex::new(Some(stream))))?;
    let reader = RecordBatchStreamReader::from_pyarrow_bound(answer.as_any())?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<_, _>>();
    Ok(Frame::new(schema, batches.map_err(|error| PyRuntimeError::new_err(error.to_string()))?))
}

/// An answer on its way to a frame: what reads streams of Arrow takes them from objects of Python.
#[pyclass(frozen)]
struct Answer(Mutex<Option<AnswerStream>>);

#[pymethods]
impl Answer {
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let stream = self.0.lock().ok().and_then(|mut stream| stream.take());
        let stream = stream.ok_or_else(|| PyRuntimeError::new_err("the answer was taken already"))?;
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

/// The main outcomes in subgroups, without writing them.
pub fn subgroups(
    py: Python<'_>,
    results: &Path,
    condition: Option<&str>,
    by: Option<&str>,
) -> PyResult<SubgroupFindings> {
    if condition.is_none() && by.is_none() {
        let text = "where, by: neither is given. Give one of them; cartrial.analyse has the statistics of all patients.";
        return Err(PyValueError::new_err(text));
    }
    let column = |text: &str| {
        let column = text.parse::<SubgroupColumn>();
        column.map_err(|why| PyValueError::new_err(format!("by: {why}, found {text:?}.")))
    };
    let by = by.map(column).transpose()?;
    interruptible::run(py, &Progress::Hidden, |_| {
        cartrial::subgroups(&Dataset::open_whole(results)?, condition, by.as_ref())
    })
}

/// What an export is to be, as it is passed from Python.
pub struct Export<'a> {
    pub format: &'a str,
    pub out: Option<&'a Path>,
    pub condition: Option<&'a str>,
    pub columns: &'a [String],
    pub first: Option<i128>,
    pub forms: &'a [String],
    pub layout: Option<&'a str>,
    pub existing: &'a str,
}

/// Writes results in the format of others; the paths of the files.
pub fn export(
    py: Python<'_>,
    results: &Path,
    export: &Export<'_>,
    progress: &Progress,
) -> PyResult<Vec<PathBuf>> {
    let formats =
        [("adam", ExportFormat::Adam), ("csv", ExportFormat::Csv), ("parquet", ExportFormat::Parquet)];
    let forms =
        [("parquet", AdamFormat::Parquet), ("json", AdamFormat::DatasetJson), ("xpt", AdamFormat::Transport)];
    let layouts: [(&str, &[CsvLayout]); 3] =
        [("wide", &[CsvLayout::Wide]), ("long", &[CsvLayout::Long]), ("both", &CsvLayout::ALL)];
    let forms =
        export.forms.iter().map(|form| one_of("forms", form, &forms)).collect::<PyResult<Vec<_>>>()?;
    let request = ExportRequest {
        forms: &forms,
        layouts: export.layout.map_or(Ok(&[][..]), |layout| one_of("layout", layout, &layouts))?,
        condition: export.condition,
        columns: export.columns,
        first: export.first.map(|first| whole("first", first, 1)).transpose()?,
        directory: export.out,
        replace: one_of("existing", export.existing, &[("refuse", false), ("replace", true)])?,
        ..ExportRequest::new(one_of("format", export.format, &formats)?)
    };
    let exported = interruptible::run(py, progress, |monitor| {
        let done = AtomicU64::new(0);
        let report = |more, of| monitor.report(done.fetch_add(more, Ordering::Relaxed) + more, of);
        cartrial::export(results, &ExportRequest { progress: &report, ..request })
    })?;
    cartrial::out_of_range(&exported).iter().try_for_each(|note| warn(py, note))?;
    Ok(exported.files.iter().map(|(file, _)| exported.directory.join(file)).collect())
}
