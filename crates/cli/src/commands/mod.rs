//! One file for each command.

pub mod about;
pub mod analyse;
pub mod calibrate;
pub mod check;
pub mod credibility;
pub mod export;
pub mod export_sbml;
pub mod merge;
pub mod patient;
pub mod plan;
pub mod query;
pub mod report;
pub mod reproduce;
pub mod run;
pub mod sensitivity;

use crate::failure::Failure;
use crate::output::show;

/// `cartrial schema`
pub fn schema() -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&cartrial_cohort::schema());
    show(&format!("{}\n", text.map_err(|e| Failure::Other(e.to_string()))?))
}
