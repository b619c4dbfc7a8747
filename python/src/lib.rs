//! `cartrial` for Python: studies, runs, and frames that Arrow takes without copying.
//!
//! Thin glue over the Rust library. What people type and read is documented in `cartrial/_cartrial.pyi`.

#![forbid(unsafe_code)]

mod arguments;
mod calibration;
mod error;
mod frame;
mod interruptible;
mod own_table;
mod results;
mod simulation;
mod some_rows;
mod standard_patient;
mod study;
mod toml_text;

use pyo3::prelude::*;

#[pymodule]
fn _cartrial(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<study::Study>()?;
    module.add_class::<results::Results>()?;
    module.add_class::<frame::Frame>()?;
    module.add("StudyError", py.get_type::<error::StudyError>())?;
    module.add("ResultsError", py.get_type::<error::ResultsError>())?;
    module.add("FailedPatientsError", py.get_type::<error::FailedPatientsError>())?;
    module.add_function(wrap_pyfunction!(calibration::calibrate, module)?)?;
    module.add_function(wrap_pyfunction!(simulation::simulate, module)?)?;
    module.add_function(wrap_pyfunction!(own_table::simulate_table, module)?)?;
    module.add_function(wrap_pyfunction!(standard_patient::standard_patient, module)?)?;
    module.add_function(wrap_pyfunction!(results::merge, module)?)?;
    module.add_function(wrap_pyfunction!(results::analyse, module)?)
}
