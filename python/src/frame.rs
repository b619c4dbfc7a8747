//! Rows in memory, for Arrow to take without copying.

use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchIterator};
use arrow_schema::SchemaRef;
use cartrial_dataset::{Column, Layout, PatientRows};
use cartrial_findings::{FindingsError, StudyAnalysis, StudySummary};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// Rows in memory, which pyarrow, polars and every other consumer of Arrow take without copying.
///
/// `pyarrow.table(frame)`, `polars.DataFrame(frame)`, `frame.to_pandas()`. Every field of the Arrow schema has `label`
/// and `unit` as metadata, but in the answer to a query.
#[pyclass(frozen, module = "cartrial")]
pub struct Frame {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// What statistics need; none for the course of a patient.
    pub patients: Option<Patients>,
}

/// Rows of the patient table with the study that they are of.
pub struct Patients {
    study: cartrial::Study,
    columns: Vec<Column>,
    rows: Vec<PatientRows>,
}

impl Patients {
    /// Every statistic of the rows.
    pub fn analyse(&self) -> Result<StudySummary, FindingsError> {
        let mut analysis = StudyAnalysis::new(&self.study, &self.columns);
        self.rows.iter().try_for_each(|rows| analysis.extend(rows))?;
        Ok(analysis.summary())
    }
}

impl Frame {
    /// Rows of any table.
    pub fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches, patients: None }
    }

    /// Rows of the patient table; at least one block of them.
    pub fn of_patients(study: cartrial::Study, layout: &Layout, rows: Vec<PatientRows>) -> Self {
        let batches: Vec<_> = rows.iter().map(|rows| rows.batch().clone()).collect();
        let columns = layout.columns().to_vec();
        Self { schema: layout.schema(), batches, patients: Some(Patients { study, columns, rows }) }
    }
}

#[pymethods]
impl Frame {
    /// Names of the columns, in order.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    /// The rows as a table of pyarrow, which has to be installed; nothing is copied.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pyarrow")?.call_method1("table", (slf,))
    }

    /// The rows as a frame of pandas, through pyarrow; both have to be installed.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::to_arrow(slf)?.call_method0("to_pandas")
    }

    /// The rows as a frame of polars, which has to be installed.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("polars")?.call_method1("DataFrame", (slf,))
    }

    /// The Arrow PyCapsule interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches = self.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, self.schema.clone());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }

    /// The Arrow PyCapsule interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.schema.as_ref());
        let schema = schema.map_err(|error| PyValueError::new_err(error.to_string()))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        format!("<cartrial.Frame: {} rows, {} columns>", self.__len__(), self.schema.fields().len())
    }
}
