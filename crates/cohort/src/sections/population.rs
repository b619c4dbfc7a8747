//! `[population]`, and the forms of a distribution.

use super::{TARGETS, TypedTargets};
use crate::correlation::CorrelationKind;
use crate::declaration::{ANY, Key, Kind, NOT_NEGATIVE, POSITIVE, Section, key};
use crate::population::{Correction, Sampling, Shape};
use crate::section_macros::{choice, section};
use crate::toml_reader::At;
use crate::typed_pairs::TypedPairs;
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
             quantity, or along a scrambled Sobol sequence (best with 2^k patients).";
        table: String, Kind::Text,
            "CSV or Parquet file with one patient a row, its path relative to the study file; instead of drawing.";
        carry: Vec<At<String>>, Kind::Texts,
            default(|| serde_json::json!([]))
            "Columns of the table that are carried into the results unchanged.";
        weight: String, Kind::Text, synonyms(&["weights", "sampling_weight", "prevalence_weight"])
            "Column of the table by whose values statistics weight the patients. It is carried into the results. None: all count alike.";
        correlation: TypedCorrelation, Kind::Table(&CORRELATION),
            synonyms(&["correlations", "copula", "omega", "covariance"]);
        targets: TypedTargets, Kind::Table(&TARGETS),
            synonyms(&["calibration", "target", "plausible", "acceptance"]);
    }
}

section! {
    /// `[population.correlation]` as it is typed.
    TypedCorrelation, CORRELATION = "correlation" {
        example: "{ kind = \"spearman\", pairs = [[\"k\", \"d2\", 0.5]] }"
    },
    "Which quantities vary together, by a Gaussian copula; their distributions stay as they are. None: all are independent." {
        kind: CorrelationKind, choice!(CorrelationKind),
            required() synonyms(&["method", "type", "coefficient"])
            "What the coefficients are: Spearman's rank correlation of the quantities (\"spearman\"), or Pearson's of their \
             normal scores (\"pearson\"), which for normal quantities is their own and for log-normal ones that of their \
             logarithms.";
        pairs: TypedPairs, Kind::Pairs,
            required() synonyms(&["pair", "coefficients", "matrix", "values"])
            "Pairs of quantities that vary, by their symbols, each with its correlation, above -1 and below 1. Of pairs that \
             are not named it is 0.";
    }
}

/// As many pairs as there are different ones.
pub(crate) const MOST_PAIRS: usize = Quantity::COUNT * (Quantity::COUNT - 1) / 2;

/// The form of a distribution whose value is a number.
pub(crate) const FIXED: Key = key("fixed", Kind::Number(ANY), "The same value for every patient.");

/// The forms whose values are tables.
pub(crate) static FORMS: [&Section; 6] = [&UNIFORM, &NORMAL, &LOGNORMAL, &LOGUNIFORM, &TRIANGULAR, &RELATIVE];

/// What to do about a bound that no value can have.
const A_BOUND: &str = "It is a value of the quantity itself, in its unit.";

section! {
    /// The form as it is typed.
    TypedUniform, UNIFORM = "uniform", "Uniform between two values." {
        low: f64, Kind::Number(NOT_NEGATIVE), required() "Lower end.";
        high: f64, Kind::Number(NOT_NEGATIVE), required() "Upper end.";
    }
}

section! {
    /// The form as it is typed.
    TypedNormal, NORMAL = "normal",
    "Normal, truncated if it has a bound; draws that no patient can have are corrected." {
        mean: f64, Kind::Number(POSITIVE), required() "Arithmetic mean, before truncation.";
        sd: f64, Kind::Number(NOT_NEGATIVE), required()
            synonyms(&["std", "stdev", "sigma"])
            "Standard deviation, before truncation.";
        low: f64, Kind::Number(NOT_NEGATIVE),
            hint(A_BOUND) synonyms(&["min", "lower", "from"])
            "Lower bound: no value lies below, and what lies above is scaled up.";
        high: f64, Kind::Number(POSITIVE),
            hint(A_BOUND) synonyms(&["max", "upper", "to"])
            "Upper bound: no value lies above, and what lies below is scaled up.";
    }
}

section! {
    /// The form as it is typed.
    TypedLogNormal, LOGNORMAL = "lognormal", "Log-normal, by arithmetic mean and coefficient of variation; truncated if it has a bound." {
        mean: f64, Kind::Number(POSITIVE), required() "Arithmetic mean, before truncation.";
        cv: f64, Kind::Number(POSITIVE), required()
            "Coefficient of variation, standard deviation over mean, before truncation.";
        low: f64, Kind::Number(NOT_NEGATIVE),
            hint(A_BOUND) synonyms(&["min", "lower", "from"])
            "Lower bound: no value lies below, and what lies above is scaled up.";
        high: f64, Kind::Number(POSITIVE),
            hint(A_BOUND) synonyms(&["max", "upper", "to"])
            "Upper bound: no value lies above, and what lies below is scaled up.";
    }
}

section! {
    /// The form as it is typed.
    TypedLogUniform, LOGUNIFORM = "loguniform", "Uniform in the logarithm between two values." {
        low: f64, Kind::Number(POSITIVE), required() "Lower end.";
        high: f64, Kind::Number(POSITIVE), required() "Upper end.";
    }
}

section! {
    /// The form as it is typed.
    TypedTriangular, TRIANGULAR = "triangular", "Triangular: least, most frequent and greatest value." {
        low: f64, Kind::Number(NOT_NEGATIVE), required() "Lower end.";
        mode: f64, Kind::Number(NOT_NEGATIVE), required()
            synonyms(&["peak", "most_likely", "mean"])
            "Most frequent value.";
        high: f64, Kind::Number(NOT_NEGATIVE), required() "Upper end.";
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
