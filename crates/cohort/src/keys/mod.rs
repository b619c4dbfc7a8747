//! The one table of the study file's keys: validation and schema both read it.

mod arm;
mod endpoint;
mod population;

pub(crate) use arm::*;
pub(crate) use endpoint::*;
pub(crate) use population::*;

use crate::method::Method;
use cartrial_model::{Growth, Reading};

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
    /// Whether its table makes no sense without it.
    pub required: bool,
    /// What to do about a value out of range; may be empty.
    pub hint: &'static str,
    /// Names that people write who mean it, and that are not near it.
    pub also: &'static [&'static str],
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
    /// A table with these keys.
    Table(&'static Section),
    /// A list of tables with these keys, of the given length at least.
    Tables(&'static Section, usize),
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
    /// Keys of which exactly one is to be given; may be empty.
    pub one_of: &'static [&'static str],
    /// How it is written as the value of a key; may be empty.
    pub example: &'static str,
}

impl Section {
    /// Every name that may stand in it.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|k| k.name).chain(self.tables.iter().copied()).collect()
    }

    /// The key that is meant by a name which is not a key and not spelled like one.
    pub(crate) fn meant_by(&self, name: &str) -> Option<&'static str> {
        let name = name.to_lowercase();
        self.keys.iter().find(|k| k.also.contains(&name.as_str())).map(|k| k.name)
    }
}

const ANY: Bounds = Bounds { above: None, min: None, max: None };
const NOT_NEGATIVE: Bounds = Bounds { min: Some(0.0), ..ANY };
const POSITIVE: Bounds = Bounds { above: Some(0.0), ..ANY };

/// What to do about a fraction out of range.
const A_FRACTION: &str = "It is a fraction: 0.1 for 10 %.";
const FRACTION: Kind = Kind::Number(Bounds { max: Some(1.0), ..NOT_NEGATIVE });

const fn key(name: &'static str, kind: Kind, default: Option<&'static str>, about: &'static str) -> Key {
    Key { name, about, kind, default, required: false, hint: "", also: &[] }
}

const fn required(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { required: true, ..key(name, kind, None, about) }
}

impl Key {
    const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    /// How it is written, for keys whose values are tables.
    pub(crate) fn example(&self) -> String {
        match self.kind {
            Kind::Table(section) | Kind::Tables(section, _) => {
                format!("Write {} = {}.", self.name, section.example)
            }
            _ => String::new(),
        }
    }
}

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

pub(crate) const MAX_FAILED_FRACTION: Key = key(
    "max_failed_fraction",
    Kind::Number(Bounds { max: Some(1.0), ..NOT_NEGATIVE }),
    Some("0.0"),
    "Largest fraction of patients that may fail before the run counts as failed.",
);

const fn section(name: &'static str, keys: &'static [Key], about: &'static str) -> Section {
    Section { name, about, keys, tables: &[], one_of: &[], example: "" }
}

pub(crate) static STUDY: Section = section(
    "study",
    &[NAME, SEED, PATIENTS, DAYS, ALLOCATION],
    "What the study is called, how many patients, how long.",
);
pub(crate) static MODEL: Section = section("model", &[READING, GROWTH], "Which equations are solved.");
pub(crate) static SOLVER: Section =
    section("solver", &[METHOD, RTOL, STEP_HOURS], "How the equations are solved.");
pub(crate) static RUN: Section = section("run", &[MAX_FAILED_FRACTION], "When a run counts as failed.");
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
