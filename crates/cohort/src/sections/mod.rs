//! The tables of the study file: reader, schema and writer follow what is declared here, in `endpoints`, in
//! `run_settings` and in `trajectories`.

mod arm;
mod population;
mod targets;

pub(crate) use arm::*;
pub(crate) use population::*;
pub use targets::MOST_CANDIDATES;
pub(crate) use targets::*;

use crate::allocation::Allocation;
use crate::declaration::{ANY, Bounds, Kind, POSITIVE, Section};
use crate::endpoints::ENDPOINTS;
use crate::method::{Method, NamedMethod};
use crate::run_settings::RUN;
use crate::section_macros::{choice, section};
use crate::trajectories::TRAJECTORIES;
use cartrial_model::{Growth, Reading};

/// The tables in the order in which they are written; `arms` is a list of tables.
pub(crate) static SECTIONS: [&Section; 8] =
    [&STUDY, &MODEL, &POPULATION, &SOLVER, &ENDPOINTS, &RUN, &TRAJECTORIES, &ARMS];

/// More patients than any machine simulates, and few enough for exact arithmetic on their ids.
pub(crate) const MOST_PATIENTS: u64 = 1_000_000_000_000;
/// Length of a study in days: up to a hundred years.
pub(crate) const STUDY_DAYS: Bounds = Bounds { max: Some(36_500.0), ..POSITIVE };

section! {
    /// `[study]` as it is typed.
    TypedStudy, STUDY = "study", "What the study is called, how many patients, how long." {
        name: String, Kind::Text, required()
            "Name of the study and of its results directory: letters, digits, '-', '_' and '.', beginning with a letter \
             or digit.";
        seed: u64 = 0, Kind::Integer(0, u64::MAX),
            "Seed of every random draw. The same seed gives the same patients, whatever their number.";
        patients: u64, Kind::Integer(1, MOST_PATIENTS),
            "Number of virtual patients. May be left out when the patients come from a table: then all its rows.";
        days: f64 = 30.0, Kind::Number(STUDY_DAYS),
            "Length of follow-up in days.";
        allocation: Allocation = Allocation::default(), choice!(Allocation),
            synonyms(&["randomisation", "randomization", "randomised", "randomized", "design"])
            "How patients come to arms: every patient goes through every arm (\"twins\"), or goes to one, drawn from the \
             seed in permuted blocks with the arms' ratios (\"randomised\").";
    }
}

section! {
    /// `[model]` as it is typed.
    TypedModel, MODEL = "model", "Which equations are solved." {
        reading: Reading = Reading::default(), choice!(Reading),
            "Which text of the model: \"curated\" (BIOMD0000000837) or \"printed\" (the preprint's first text).";
        growth: Growth = Growth::default(), choice!(Growth),
            "How the tumour grows when nothing kills it.";
    }
}

section! {
    /// `[solver]` as it is typed.
    TypedSolver, SOLVER = "solver", "How the equations are solved." {
        method: NamedMethod = NamedMethod::default(), Kind::Choice(Method::NAMES),
            "Integration method.";
        rtol: f64 = 1e-6, Kind::Number(Bounds { min: Some(1e-12), max: Some(1e-2), ..ANY }),
            "Relative error accepted in a patient's outcome, for the adaptive methods; their local tolerance is a \
             fraction of it.";
        step_hours: f64, Kind::Number(POSITIVE),
            "Length of a step in hours, of the methods with fixed steps.";
    }
}
