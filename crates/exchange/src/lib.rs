//! One arm of a study, with its standard patient, for other simulators.
//!
//! [`sbml()`] writes the equations, the patient's values and the treatment as SBML Level 3; [`omex()`] puts that into a
//! COMBINE archive together with the simulation that is to be run, in SED-ML.
//!
//! ```
//! use cartrial_cohort::Study;
//! use std::path::Path;
//!
//! let study = Study::parse("[study]\nname = \"example\"\npatients = 1\n", Path::new("example.toml"))?;
//! let model = cartrial_exchange::sbml(&study, &study.arms[0])?;
//! assert!(model.starts_with("<?xml"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate knows nothing of how the equations are solved.

#![forbid(unsafe_code)]

mod equations;
mod error;
mod expression;
mod model;
mod omex;
mod sbml;
mod sedml;
mod treatment;
mod unit;
mod xml;

pub use error::ExchangeError;
pub use omex::omex;
pub use sbml::sbml;
