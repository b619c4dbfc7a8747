//! A study, resolved and validated.

use crate::allocation::Allocation;
use crate::distribution::Distribution;
use crate::endpoints::EndpointThresholds;
use crate::method::Method;
use crate::population::PopulationSpec;
use crate::run_settings::RunSettings;
use crate::swept_key::SweptKey;
use crate::table::TableSource;
use crate::trajectories::TrajectorySettings;
use cartrial_model::{ModelSpec, Quantities, Quantity, Treatment};
use serde::{Deserialize, Serialize};

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
    pub run: RunSettings,
    /// Whose courses over time are kept.
    pub trajectories: TrajectorySettings,
    /// The arms, at least one, with distinct names.
    pub arms: Vec<Arm>,
}

impl Study {
    /// The population that patients are drawn from; none if they come from a table.
    pub fn drawn_population(&self) -> Option<&PopulationSpec> {
        match &self.population {
            Population::Drawn(population) => Some(population),
            Population::Table(_) => None,
        }
    }

    /// The column of the patient table by which statistics weight patients; none if all count alike.
    pub fn weight_column(&self) -> Option<&str> {
        match &self.population {
            Population::Drawn(spec) => spec.weight_column(),
            Population::Table(source) => source.weight.as_deref(),
        }
    }

    /// The standard patient: every quantity at its mean, but for those that the study fixes for all its patients.
    pub fn standard_patient(&self) -> Quantities {
        let mut patient = Quantities::standard();
        if let Some(population) = self.drawn_population() {
            for quantity in Quantity::ALL {
                if let Distribution::Fixed(value) = population.distribution(quantity) {
                    patient[quantity] = value;
                }
            }
        }
        patient
    }
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
    /// The error of an outcome is the sum of the local errors of all steps, propagated to the end: they grow most in a
    /// tumour that is nearly extinct, and where a state triggers an event, the error of that state divided by its slope delays all
    /// that follows. Calibrated on the paper's populations and on 900 treated patients
    /// (`crates/runner/tests/treatment_reference.rs`).
    pub const fn local_tolerance(self) -> f64 {
        self.method.local_tolerance_per_rtol() * self.rtol
    }
}

/// A trial arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// Its name, not empty.
    pub name: String,
    /// Its share of the patients where they are randomised, at least 1.
    pub ratio: u32,
    /// Which numbers of its treatment distinguish it from the other arms of its sweep; empty for an arm by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub swept: Vec<SweptKey>,
    /// What is done to its patients.
    #[serde(flatten)]
    pub treatment: Treatment,
}

impl Arm {
    /// An arm by itself, to which as many patients are randomised as to any other.
    pub fn new(name: impl Into<String>, treatment: Treatment) -> Self {
        Self { name: name.into(), ratio: 1, swept: Vec::new(), treatment }
    }
}
