//! A study, resolved and validated.

use crate::allocation::Allocation;
use crate::endpoints::EndpointThresholds;
use crate::error::{Problem, StudyError};
use crate::method::Method;
use crate::overrides::Overrides;
use crate::population::PopulationSpec;
use crate::table::TableSource;
use crate::{typed_study, validation};
use cartrial_model::{ModelSpec, Treatment};
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::Path;

/// What is to be run, with every default filled in. Serialised, it says so completely.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// Name, fit for a directory: letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// Seed of every draw.
    pub seed: u64,
    /// Number of patients, at least 1.
    pub patients: u64,
    /// Length of follow-up in days, above 0.
    pub days: f64,
    /// How patients come to arms.
    pub allocation: Allocation,
    /// Which equations.
    pub model: ModelSpec,
    /// Where the patients come from.
    pub population: Population,
    /// How the equations are solved.
    pub solver: Solver,
    /// Thresholds of the outcome columns.
    pub endpoints: EndpointThresholds,
    /// When the run counts as failed.
    pub run: RunLimits,
    /// The arms, at least one, with distinct names.
    pub arms: Vec<Arm>,
}

/// Where the patients come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Population {
    /// Drawn from distributions.
    Drawn(Box<PopulationSpec>),
    /// Read from a table.
    Table(TableSource),
}

/// How the equations are solved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Solver {
    /// Integration method.
    #[serde(flatten)]
    pub method: Method,
    /// Relative error accepted in a patient's outcome, for the adaptive methods, 1e-12 to 1e-2. The integrator's local
    /// tolerance is a [smaller one](Solver::local_tolerance).
    pub rtol: f64,
}

impl Solver {
    /// The integrator's local tolerance: a fraction of [`rtol`](Self::rtol).
    ///
    /// The error of an outcome is the sum of some 500 local errors and what becomes of them: most grow in a tumour that
    /// is nearly extinct, and where a state triggers an event, the error of that state divided by its slope delays all
    /// that follows. Calibrated on the paper's populations and on 900 treated patients
    /// (`crates/runner/tests/treatment_reference.rs`).
    pub const fn local_tolerance(self) -> f64 {
        self.method.local_tolerance_per_rtol() * self.rtol
    }
}

/// When a run counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunLimits {
    /// Largest fraction of patients that may fail, 0 to 1.
    pub max_failed_fraction: f64,
}

/// A trial arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// Its name, not empty.
    pub name: String,
    /// Its share of the patients where they are randomised, at least 1.
    pub ratio: u32,
    /// What is done to its patients.
    #[serde(flatten)]
    pub treatment: Treatment,
}

impl Study {
    /// Reads and validates a study file. A cohort table that it names is read and validated as well.
    ///
    /// # Errors
    /// Everything that is wrong with the file and its table, each with place, reason and remedy.
    pub fn read(path: &Path) -> Result<Self, StudyError> {
        Self::read_with(path, &Overrides::default())
    }

    /// As [`Study::read`], with values that take the place of the file's.
    ///
    /// # Errors
    /// As [`Study::read`]; a bad override is named by the key that it replaces, `study.patients` and so on.
    pub fn read_with(path: &Path, overrides: &Overrides) -> Result<Self, StudyError> {
        let file = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|e| {
            let (reason, remedy) = unreadable(&e);
            Problem::of_file(&file, reason, remedy)
        })?;
        let text = String::from_utf8(bytes).map_err(|e| {
            let line =
                e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
            let problem = Problem::of_file(&file, "not UTF-8 text", "Save the study file as UTF-8.");
            Problem { line: Some(line), ..problem }
        })?;
        Self::parse_with(&text, path, overrides)
    }

    /// Validates the text of a study file; `path` is named in messages, and tables are sought beside it.
    ///
    /// # Errors
    /// As [`Study::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, StudyError> {
        Self::parse_with(text, path, &Overrides::default())
    }

    /// As [`Study::parse`], with values that take the place of the text's.
    ///
    /// # Errors
    /// As [`Study::read_with`].
    pub fn parse_with(text: &str, path: &Path, overrides: &Overrides) -> Result<Self, StudyError> {
        let file = path.display().to_string();
        let (raw, diagnostics) = typed_study::parse(&file, text)?;
        validation::study(raw, overrides, path, diagnostics)
    }
}

/// Why a file could not be read, and what to do.
pub(crate) fn unreadable(error: &std::io::Error) -> (String, &'static str) {
    match error.kind() {
        ErrorKind::NotFound => {
            ("no such file".into(), "Check the path; it is taken from the current directory.")
        }
        ErrorKind::IsADirectory => ("is a directory, not a file".into(), "Name the file itself."),
        ErrorKind::PermissionDenied => {
            ("may not be read: permission denied".into(), "Check its permissions.")
        }
        _ => (format!("cannot be read: {error}"), ""),
    }
}
