//! The standard patient's course.

use crate::error::study_exception;
use crate::frame::Frame;
use crate::study::Study;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use cartrial::{Quantities, Status, Trajectory, trajectory};
use cartrial_cohort::Overrides;
use cartrial_model::{STATES, StateInfo};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use std::path::Path;
use std::sync::Arc;

/// The smallest valid study, for the defaults of model and solver.
const DEFAULTS: &str = "[study]\nname = \"patient\"\npatients = 1\n";

/// Follows the standard patient through every arm of `study`.
///
/// Args:
///     days: Length of follow-up; the study's own, or 30 days, by default.
///     study: Gives model, solver and arms; the paper's model in one arm by default.
///     every_hours: Time between two rows.
///
/// Returns days·24/every_hours + 1 rows for each arm: `arm` where there are several, `day`, `tumour_burden` (cells/µL),
/// `inflammation` (pg/mL), `effector_ctl`, `memory_ctl`, `effector_helper`, `memory_helper` and `lymphocytes` (cells/µL).
#[pyfunction]
#[pyo3(signature = (days=None, study=None, *, every_hours=1.0))]
pub fn standard_patient(
    py: Python<'_>,
    days: Option<f64>,
    study: Option<Study>,
    every_hours: f64,
) -> PyResult<Frame> {
    let overrides = Overrides { days, ..Overrides::default() };
    let study = match study {
        Some(study) => study.with(&overrides),
        None => cartrial::Study::parse_with(DEFAULTS, Path::new("defaults"), &overrides),
    };
    let study = study.map_err(|error| study_exception(py, &error))?;
    if !(every_hours > 0.0 && every_hours.is_finite()) {
        let text = format!("every_hours: expected a finite number above 0, found {every_hours}.");
        return Err(PyValueError::new_err(text));
    }
    let several = study.arms.len() > 1;
    let schema = Arc::new(Schema::new(fields(several)));
    let follow = |arm: &cartrial::Arm| {
        let course = trajectory(&study, arm, every_hours, &Quantities::standard());
        if course.status != Status::Completed {
            let reason = cartrial_dataset::status_name(course.status);
            let arm = if several { format!(" in arm {}", arm.name) } else { String::new() };
            let text = format!("the standard patient could not be solved{arm}: {reason}");
            return Err(PyRuntimeError::new_err(text));
        }
        let columns = columns(&course, several.then_some(arm.name.as_str()));
        RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|e| PyRuntimeError::new_err(e.to_string()))
    };
    let batches = py.detach(|| study.arms.iter().map(follow).collect::<PyResult<Vec<_>>>())?;
    Ok(Frame::new(schema, batches))
}

fn fields(several_arms: bool) -> Vec<Field> {
    let described =
        |field: Field, label: &str, unit: &str| field.with_metadata([("label", label), ("unit", unit)]);
    let state = |state: &StateInfo| {
        described(Field::new(state.name, DataType::Float64, false), state.label, state.unit)
    };
    let arm = several_arms.then(|| described(Field::new("arm", DataType::Utf8, false), "Trial arm", ""));
    let day = described(Field::new("day", DataType::Float64, false), "Time since the infusion", "day");
    arm.into_iter().chain([day]).chain(STATES.iter().map(state)).collect()
}

fn columns(course: &Trajectory, arm: Option<&str>) -> Vec<ArrayRef> {
    let rows = course.days.len();
    let arm =
        arm.map(|arm| Arc::new(StringArray::from_iter_values(std::iter::repeat_n(arm, rows))) as ArrayRef);
    let state = |i: usize| {
        let values = course.states.iter().map(|state| state[i]);
        Arc::new(Float64Array::from_iter_values(values)) as ArrayRef
    };
    let day = Arc::new(Float64Array::from(course.days.clone()));
    arm.into_iter().chain([day as ArrayRef]).chain((0..STATES.len()).map(state)).collect()
}
