//! The one table of the study file's keys: validation and schema both read it.

use crate::study::METHODS;
use cartrial_model::{Growth, Quantity, Reading, Role};

/// A key of the study file.
pub(crate) struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// What value it takes.
    pub kind: Kind,
    /// Value when it is left out, as JSON; none when it must be given or when leaving it out means something else.
    pub default: Option<&'static str>,
}

/// What value a key takes.
pub(crate) enum Kind {
    Text,
    /// Whole number from the first to the second, both included.
    Integer(u64, u64),
    Number(Bounds),
    Choice(&'static [&'static str]),
    /// List of texts.
    Texts,
}

/// Where a number must lie.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub above: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// A table of the study file.
pub(crate) struct Section {
    pub name: &'static str,
    pub about: &'static str,
    pub keys: &'static [Key],
    /// Names of tables inside it.
    pub tables: &'static [&'static str],
}

impl Section {
    /// Every name that may stand in it.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|k| k.name).chain(self.tables.iter().copied()).collect()
    }
}

const ANY: Bounds = Bounds { above: None, min: None, max: None };
const NOT_NEGATIVE: Bounds = Bounds { min: Some(0.0), ..ANY };
const POSITIVE: Bounds = Bounds { above: Some(0.0), ..ANY };

const fn key(name: &'static str, kind: Kind, default: Option<&'static str>, about: &'static str) -> Key {
    Key { name, about, kind, default }
}

/// More patients than any machine simulates, and few enough for exact arithmetic on their ids.
pub(crate) const MOST_PATIENTS: u64 = 1_000_000_000_000;
/// A hundred years.
pub(crate) const MOST_DAYS: f64 = 36_500.0;

pub(crate) const NAME: Key = key(
    "name",
    Kind::Text,
    None,
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

pub(crate) const DISTRIBUTION: Key = key(
    "distribution",
    Kind::Choice(&["uniform", "normal", "lognormal", "fixed"]),
    Some("\"uniform\""),
    "Distribution about the standard patient's value, of every parameter and of the initial lymphocytes.",
);
pub(crate) const SPREAD: Key = key(
    "spread",
    Kind::Number(NOT_NEGATIVE),
    Some("0.25"),
    "Width as a fraction of the mean: half-width (uniform, at most 1), standard deviation (normal, at most 1), \
     coefficient of variation (lognormal, at most 10).",
);
pub(crate) const CORRECTION: Key = key(
    "correction",
    Kind::Choice(&["resample", "clamp"]),
    Some("\"resample\""),
    "What happens to a draw that no patient can have (negative, or 0 where 0 has no meaning): drawn again, or set to \
     1 % of the standard patient's value. Either is counted.",
);
pub(crate) const SAMPLING: Key = key(
    "sampling",
    Kind::Choice(&["random", "latin-hypercube", "sobol"]),
    Some("\"random\""),
    "How the patients fill the space of quantities: independently, one in each of N equal strata of every quantity, or \
     along a randomly shifted Sobol sequence.",
);
pub(crate) const TABLE: Key = key(
    "table",
    Kind::Text,
    None,
    "CSV or Parquet file with one patient a row, its path relative to the study file; instead of drawing.",
);
pub(crate) const CARRY: Key = key(
    "carry",
    Kind::Texts,
    Some("[]"),
    "Columns of the table that are carried into the results unchanged.",
);

pub(crate) const METHOD: Key =
    key("method", Kind::Choice(&METHOD_NAMES), Some("\"tsit5\""), "Integration method.");
pub(crate) const RTOL: Key = key(
    "rtol",
    Kind::Number(Bounds { min: Some(1e-12), max: Some(1e-2), ..ANY }),
    Some("1e-6"),
    "Relative error accepted in a patient's outcome, for the adaptive methods; their local tolerance is a fifth of it.",
);
pub(crate) const STEP_HOURS: Key = key(
    "step_hours",
    Kind::Number(POSITIVE),
    None,
    "Length of a step in hours, of the methods with fixed steps.",
);

pub(crate) const MAX_FAILED_FRACTION: Key = key(
    "max_failed_fraction",
    Kind::Number(Bounds { max: Some(1.0), ..NOT_NEGATIVE }),
    Some("0.0"),
    "Largest fraction of patients that may fail before the run counts as failed.",
);

pub(crate) const ARM_NAME: Key = key("name", Kind::Text, None, "Name of the arm.");

pub(crate) const FIXED: Key = key("fixed", Kind::Number(ANY), None, "The same value for every patient.");
pub(crate) const LOW: Key = key("low", Kind::Number(NOT_NEGATIVE), None, "Lower end.");
pub(crate) const HIGH: Key = key("high", Kind::Number(NOT_NEGATIVE), None, "Upper end.");
pub(crate) const MEAN: Key = key("mean", Kind::Number(POSITIVE), None, "Arithmetic mean.");
pub(crate) const SD: Key = key("sd", Kind::Number(NOT_NEGATIVE), None, "Standard deviation.");
pub(crate) const CV: Key =
    key("cv", Kind::Number(POSITIVE), None, "Coefficient of variation: standard deviation over mean.");
pub(crate) const RELATIVE_DISTRIBUTION: Key =
    Key { default: None, about: "As in [population], which it replaces for this quantity.", ..DISTRIBUTION };
pub(crate) const RELATIVE_SPREAD: Key =
    Key { default: None, about: "As in [population], which it replaces for this quantity.", ..SPREAD };

const fn section(name: &'static str, keys: &'static [Key], about: &'static str) -> Section {
    Section { name, about, keys, tables: &[] }
}

pub(crate) static STUDY: Section =
    section("study", &[NAME, SEED, PATIENTS, DAYS], "What the study is called, how many patients, how long.");
pub(crate) static MODEL: Section = section("model", &[READING, GROWTH], "Which equations are solved.");
pub(crate) static POPULATION: Section = Section {
    tables: &["parameters", "initial"],
    ..section(
        "population",
        &[DISTRIBUTION, SPREAD, CORRECTION, SAMPLING, TABLE, CARRY],
        "Where the patients come from.",
    )
};
pub(crate) static SOLVER: Section =
    section("solver", &[METHOD, RTOL, STEP_HOURS], "How the equations are solved.");
pub(crate) static ENDPOINTS: Section = section("endpoints", &[], "Thresholds of the outcome columns.");
pub(crate) static RUN: Section = section("run", &[MAX_FAILED_FRACTION], "When a run counts as failed.");
pub(crate) static ARMS: Section = section(
    "arms",
    &[ARM_NAME],
    "Trial arms; every patient goes through each. None: one arm named \"car-t\".",
);

/// The study file's tables in the order in which they are written; `arms` is a list of tables.
pub(crate) static SECTIONS: [&Section; 7] = [&STUDY, &MODEL, &POPULATION, &SOLVER, &ENDPOINTS, &RUN, &ARMS];

/// The forms in which a quantity's distribution is written, but for `fixed`, whose value is a number.
pub(crate) static FORMS: [Section; 4] = [
    section("uniform", &[LOW, HIGH], "Uniform between two values."),
    section("normal", &[MEAN, SD], "Normal; draws that no patient can have are corrected."),
    section("lognormal", &[MEAN, CV], "Log-normal, by arithmetic mean and coefficient of variation."),
    section("relative", &[RELATIVE_DISTRIBUTION, RELATIVE_SPREAD], "About the standard patient's value."),
];

/// The table under `[population]` in which a quantity belongs.
pub(crate) const fn home(role: Role) -> &'static str {
    match role {
        Role::Parameter => "parameters",
        Role::Initial => "initial",
    }
}

/// Symbols of the quantities of one role, in the order of the patient table.
pub(crate) fn symbols(role: Role) -> Vec<&'static str> {
    Quantity::ALL.iter().filter(|q| q.role() == role).map(|q| q.symbol()).collect()
}

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

const METHOD_NAMES: [&str; METHODS.len()] = {
    let mut names = [""; METHODS.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = METHODS[i].name;
        i += 1;
    }
    names
};
