//! Virtual patients to outcomes, in parallel, a block at a time.
//!
//! [`simulate`] solves one block of patients in lanes; [`run`] takes a whole cohort through it on all threads and
//! hands the blocks over in order of patient id, holding only a few at a time. [`trajectory`] follows one patient.
//!
//! This crate knows how a patient is solved and what is kept of it; it knows nothing of files or statistics.

mod endpoint_observer;
mod ensemble;
mod extremum;
mod intervention;
mod layout;
mod observer;
mod outcome;
mod pipeline;
mod plan;
mod response;
mod simulate;
mod step_features;
mod step_history;
mod time_above;
mod trajectory;

pub use outcome::Outcome;
pub use pipeline::{Block, Row, RunOptions, run};
pub use simulate::simulate;
pub use trajectory::{Trajectory, trajectory};

pub use cartrial_lanes::{Level, LevelError};
pub use cartrial_model::Endpoint;
pub use cartrial_ode::Status;
