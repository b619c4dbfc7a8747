//! `[population]`, and the forms of a distribution.

use crate::declaration::{ANY, Key, Kind, NOT_NEGATIVE, POSITIVE, Section, key};
use crate::population::{Correction, Sampling, Shape};
use crate::section_macros::{choice, section};
use crate::toml_reader::At;
use cartrial_model::{Quantity, Role};

section! {
    /// `[population]` as it is typed, but for the tables of quantities in it.
    TypedPopulation, POPULATION = "population" { tables: &["parameters", "initial"] }, "Where the patients come from." {
        distribution: Shape = Shape::default(), choice!(Shape),
            "Distribution about the standard patient's value, of every parameter and of the initial lymphocytes.";
        spread: f64 = 0.25, Kind::Number(NOT_NEGATIVE),
            "Width as a fraction of the mean: half-width (uniform, at most 1), standard deviation (normal, at most 1), \
             coefficient of variation (lognormal, at most 10).";
        correction: Correction = Correction::default(), choice!(Correction),
            "What happens to a draw that no patient can have (negative, or 0 where 0 has no meaning): drawn again, or \
             set to 1 % of the standard patient's value. Either is counted.";
        sampling: Sampling = Sampling::default(), choice!(Sampling),
            "How the patients fill the space of quantities: independently, one in each of N equal strata of every \
             quantity, or along a randomly shifted Sobol sequence.";
        table: String, Kind::Text,
            "CSV or Parquet file with one patient a row, its path relative to the study file; instead of drawing.";
        carry: Vec<At<String>>, Kind::Texts,
            default(|| serde_json::json!([]))
            "Columns of the table that are carried into the results unchanged.";
    }
}

/// The form of a distribution whose value is a number.
pub(crate) const FIXED: Key = key("fixed", Kind::Number(ANY), "The same value for every patient.");

/// The forms whose values are tables.
pub(crate) static FORMS: [&Section; 4] = [&UNIFORM, &NORMAL, &LOGNORMAL, &RELATIVE];

section! {
    /// The form as it is typed.
    TypedUniform, UNIFORM = "uniform", "Uniform between two values." {
        low: f64, Kind::Number(NOT_NEGATIVE), required() "Lower end.";
        high: f64, Kind::Number(NOT_NEGATIVE), required() "Upper end.";
    }
}

section! {
    /// The form as it is typed.
    TypedNormal, NORMAL = "normal", "Normal; draws that no patient can have are corrected." {
        mean: f64, Kind::Number(POSITIVE), required() "Arithmetic mean.";
        sd: f64, Kind::Number(NOT_NEGATIVE), required() "Standard deviation.";
    }
}

section! {
    /// The form as it is typed.
    TypedLogNormal, LOGNORMAL = "lognormal", "Log-normal, by arithmetic mean and coefficient of variation." {
        mean: f64, Kind::Number(POSITIVE), required() "Arithmetic mean.";
        cv: f64, Kind::Number(POSITIVE), required() "Coefficient of variation: standard deviation over mean.";
    }
}

section! {
    /// The form as it is typed.
    TypedRelative, RELATIVE = "relative", "About the standard patient's value." {
        distribution: Shape, choice!(Shape), "As in [population], which it replaces for this quantity.";
        spread: f64, Kind::Number(NOT_NEGATIVE), "As in [population], which it replaces for this quantity.";
    }
}

/// Symbols of the quantities of one role, in the order of the patient table.
pub(crate) fn symbols(role: Role) -> Vec<&'static str> {
    Quantity::ALL.iter().filter(|q| q.role() == role).map(|q| q.symbol()).collect()
}
