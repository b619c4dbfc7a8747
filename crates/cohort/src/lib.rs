//! From a study file to a validated study to virtual patients.
//!
//! [`Study::read`] turns a TOML file into a [`Study`] in which every default is filled in, or into a [`StudyError`]
//! that names every mistake with its place, its reason and a remedy. [`Cohort::new`] makes the study's patients
//! available, block by block:
//!
//! ```
//! use cartrial_cohort::{Cohort, Study};
//! use std::path::Path;
//!
//! let study = Study::parse("[study]\nname = \"example\"\npatients = 1000\n", Path::new("example.toml"))?;
//! let cohort = Cohort::new(&study)?;
//! let block = cohort.draw(200..400);
//! assert_eq!(block.len(), 200);
//! assert_eq!(block[17], cohort.draw(217..218)[0]);
//! # Ok::<(), cartrial_cohort::StudyError>(())
//! ```
//!
//! A draw is a pure function of (seed, patient id, quantity), computed with `libm` instead of the machine's own
//! mathematical library: patients are the same bit for bit on any machine, in any order, in a block of any size, and a
//! quantity that is fixed or distributed otherwise moves no other draw.
//!
//! This crate knows nothing of solvers, statistics or output files.

#![forbid(unsafe_code)]

mod allocation;
mod allocator;
mod arms;
pub mod checked_parquet;
mod cohort;
mod correlation;
mod correlation_matrix;
mod declaration;
mod design;
mod distribution;
mod distribution_forms;
mod distribution_functions;
mod draws;
mod endpoints;
mod enrolled;
mod error;
mod input_file;
mod method;
mod misplaced_key;
mod overrides;
mod patient;
mod permutation;
mod population;
mod population_validation;
mod quantile;
mod run_settings;
mod sampler;
mod schema;
mod section_macros;
mod sections;
mod shard;
mod sobol;
mod store;
mod study;
mod study_file;
mod sweep;
mod swept_key;
mod table;
mod targets;
mod toml_reader;
mod trajectories;
mod typed_file;
mod typed_pairs;
mod typed_value;
mod validation;
mod writer;

pub use allocation::Allocation;
pub use cohort::Cohort;
pub use correlation::{CorrelatedPair, Correlation, CorrelationError, CorrelationKind};
pub use design::{Factor, FactorError, OneAtATime, Saltelli, factors};
pub use distribution::{Distribution, Truncation};
pub use draws::{Draws, Uniforms};
pub use endpoints::EndpointThresholds;
pub use enrolled::{CANDIDATE, EnrolledCandidate, Enrolment, EnrolmentSummary, WEIGHT};
pub use error::{OverrideConnection, Problem, StudyError};
pub use method::{Method, StepSize};
pub use overrides::{Override, Overrides};
pub use patient::{CorrectedSet, VirtualPatient};
pub use population::{Correction, PopulationSpec, Sampling};
pub use run_settings::RunSettings;
pub use schema::schema;
pub use sections::MOST_CANDIDATES;
pub use shard::Shard;
pub use store::Store;
pub use study::{Arm, Population, Solver, Study};
pub use swept_key::SweptKey;
pub use table::{CarriedColumn, CarriedValues, ROW_COLUMNS, TableSource};
pub use targets::{Condition, PatientColumn, TargetMethod, TargetShare, Targets};
pub use trajectories::TrajectorySettings;
pub use validation::MOST_WEIGHTED_ROWS;
