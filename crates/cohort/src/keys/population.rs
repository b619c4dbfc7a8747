//! The keys of `[population]`, and the forms of a distribution.

use crate::declaration::{ANY, Key, Kind, NOT_NEGATIVE, POSITIVE, Section, key, required, section};
use cartrial_model::{Quantity, Role};

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

pub(crate) const FIXED: Key = key("fixed", Kind::Number(ANY), None, "The same value for every patient.");
pub(crate) const LOW: Key = required("low", Kind::Number(NOT_NEGATIVE), "Lower end.");
pub(crate) const HIGH: Key = required("high", Kind::Number(NOT_NEGATIVE), "Upper end.");
pub(crate) const MEAN: Key = required("mean", Kind::Number(POSITIVE), "Arithmetic mean.");
pub(crate) const SD: Key = required("sd", Kind::Number(NOT_NEGATIVE), "Standard deviation.");
pub(crate) const CV: Key =
    required("cv", Kind::Number(POSITIVE), "Coefficient of variation: standard deviation over mean.");
pub(crate) const RELATIVE_DISTRIBUTION: Key =
    Key { default: None, about: "As in [population], which it replaces for this quantity.", ..DISTRIBUTION };
pub(crate) const RELATIVE_SPREAD: Key =
    Key { default: None, about: "As in [population], which it replaces for this quantity.", ..SPREAD };

pub(crate) static POPULATION: Section = Section {
    tables: &["parameters", "initial"],
    ..section(
        "population",
        &[DISTRIBUTION, SPREAD, CORRECTION, SAMPLING, TABLE, CARRY],
        "Where the patients come from.",
    )
};
/// The forms in which a quantity's distribution is written, but for `fixed`, whose value is a number.
pub(crate) static FORMS: [Section; 4] = [
    section("uniform", &[LOW, HIGH], "Uniform between two values."),
    section("normal", &[MEAN, SD], "Normal; draws that no patient can have are corrected."),
    section("lognormal", &[MEAN, CV], "Log-normal, by arithmetic mean and coefficient of variation."),
    section("relative", &[RELATIVE_DISTRIBUTION, RELATIVE_SPREAD], "About the standard patient's value."),
];

/// Symbols of the quantities of one role, in the order of the patient table.
pub(crate) fn symbols(role: Role) -> Vec<&'static str> {
    Quantity::ALL.iter().filter(|q| q.role() == role).map(|q| q.symbol()).collect()
}
