//! The tables and keys of the study file: reader, schema and writer follow them.

mod arm;
mod population;

pub(crate) use arm::*;
pub(crate) use population::*;

use crate::declaration::{ANY, Bounds, Kind, POSITIVE, key, required, section};
pub(crate) use crate::declaration::{Key, Section};
use crate::endpoints::ENDPOINTS;
use crate::method::Method;
use crate::run_limits::RUN;
use cartrial_model::{Growth, Reading};

/// More patients than any machine simulates, and few enough for exact arithmetic on their ids.
pub(crate) const MOST_PATIENTS: u64 = 1_000_000_000_000;
/// A hundred years.
pub(crate) const MOST_DAYS: f64 = 36_500.0;

pub(crate) const NAME: Key = required(
    "name",
    Kind::Text,
    "Name of the study and of its results directory: letters, digits, '-', '_' and '.', beginning with a letter or digit.",
);
pub(crate) const SEED: Key = key(
    "seed",
    Kind::Integer(0, u64::MAX),
    Some("0"),
    "Seed of every random draw. The same seed gives the same patients, whatever their number.",
);
pub(crate) const PATIENTS: Key = key(
    "patients",
    Kind::Integer(1, MOST_PATIENTS),
    None,
    "Number of virtual patients. May be left out when the patients come from a table: then all its rows.",
);
pub(crate) const DAYS: Key = key(
    "days",
    Kind::Number(Bounds { max: Some(MOST_DAYS), ..POSITIVE }),
    Some("30"),
    "Length of follow-up in days.",
);

pub(crate) const ALLOCATION: Key = key(
    "allocation",
    Kind::Choice(&["twins", "randomised"]),
    Some("\"twins\""),
    "How patients come to arms: every patient goes through every arm (\"twins\"), or goes to one, drawn from the seed in \
     permuted blocks with the arms' ratios (\"randomised\").",
)
.also(&["randomisation", "randomization", "randomised", "randomized", "design"]);

pub(crate) const READING: Key = key(
    "reading",
    Kind::Choice(&READINGS),
    Some("\"curated\""),
    "Which text of the model: \"curated\" (BIOMD0000000837) or \"printed\" (the preprint's first text).",
);
pub(crate) const GROWTH: Key = key(
    "growth",
    Kind::Choice(&GROWTHS),
    Some("\"logistic\""),
    "How the tumour grows when nothing kills it.",
);

pub(crate) const METHOD: Key =
    key("method", Kind::Choice(Method::NAMES), Some("\"tsit5\""), "Integration method.");
pub(crate) const RTOL: Key = key(
    "rtol",
    Kind::Number(Bounds { min: Some(1e-12), max: Some(1e-2), ..ANY }),
    Some("1e-6"),
    "Relative error accepted in a patient's outcome, for the adaptive methods; their local tolerance is a fraction of it.",
);
pub(crate) const STEP_HOURS: Key = key(
    "step_hours",
    Kind::Number(POSITIVE),
    None,
    "Length of a step in hours, of the methods with fixed steps.",
);

pub(crate) static STUDY: Section = section(
    "study",
    &[NAME, SEED, PATIENTS, DAYS, ALLOCATION],
    "What the study is called, how many patients, how long.",
);
pub(crate) static MODEL: Section = section("model", &[READING, GROWTH], "Which equations are solved.");
pub(crate) static SOLVER: Section =
    section("solver", &[METHOD, RTOL, STEP_HOURS], "How the equations are solved.");
/// The study file's tables in the order in which they are written; `arms` is a list of tables.
pub(crate) static SECTIONS: [&Section; 7] = [&STUDY, &MODEL, &POPULATION, &SOLVER, &ENDPOINTS, &RUN, &ARMS];

const READINGS: [&str; Reading::ALL.len()] = {
    let mut names = [""; Reading::ALL.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = Reading::ALL[i].name();
        i += 1;
    }
    names
};

const GROWTHS: [&str; Growth::ALL.len()] = {
    let mut names = [""; Growth::ALL.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = Growth::ALL[i].name();
        i += 1;
    }
    names
};
