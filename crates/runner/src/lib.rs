//! Virtual patients to outcomes, in parallel, a block at a time.
//!
//! [`simulate`] solves one block of patients in lanes; [`run`] takes a whole cohort through it on all threads and
//! hands the blocks over in order of patient id, holding only a few at a time. [`trajectory`] follows one patient, and
//! [`follow`] some.
//!
//! ```
//! use cartrial_cohort::{Cohort, Study};
//! use cartrial_runner::{Level, simulate, trajectory};
//! use cartrial_model::Endpoint;
//! use std::path::Path;
//!
//! let study = Study::parse("[study]\nname = \"example\"\npatients = 20\n", Path::new("example.toml"))?;
//! let patients = Cohort::new(&study)?.draw(0..study.patients);
//! let arm = &study.arms[0];
//! let outcomes = simulate(&study, arm, Level::best(), &patients);
//! let peaks: Vec<_> = outcomes.iter().filter_map(|o| o.get(Endpoint::PeakInflammation)).collect();
//! assert_eq!(peaks.len(), 20);
//!
//! let course = trajectory(&study, arm, 6.0, &patients[0].quantities);
//! assert_eq!(course.days.last(), Some(&study.days));
//! # Ok::<(), cartrial_cohort::StudyError>(())
//! ```
//!
//! This crate knows how a patient is solved and what is kept of it; it knows nothing of files or statistics.

#![forbid(unsafe_code)]

mod courses;
mod endpoint_observer;
mod ensemble;
mod error;
mod extremum;
mod intervention;
mod layout;
mod linear_system;
mod observer;
mod outcome;
mod peak_refinement;
mod pipeline;
mod plan;
mod response;
mod simulate;
mod step_features;
mod step_history;
mod time_above;
mod trajectory;

pub use courses::{Course, follow};
pub use error::RunError;
pub use outcome::Outcome;
pub use pipeline::{Block, Row, RunOptions, run};
pub use simulate::simulate;
pub use trajectory::{Trajectory, trajectory};

pub use cartrial_lanes::{Level, LevelError};
pub use cartrial_model::Endpoint;
pub use cartrial_ode::Status;
