//! `[population.targets]`, and the tables that are values of its keys.

use crate::declaration::{A_FRACTION, ANY, Kind, UP_TO_ONE};
use crate::section_macros::{choice, section};
use crate::targets::TargetMethod;

/// Candidates of whom patients are accepted, at most: each is solved once.
pub const MOST_CANDIDATES: u64 = 10_000_000;
/// Shares that can be matched at once, at most.
pub(crate) const MOST_SHARES: usize = 30;

const A_COLUMN: &str = "It is a column of the patient table: a quantity such as tumour_burden, or an endpoint such as remission.";
const A_BOUND: &str = "It is in the unit of the column.";

section! {
    /// `[population.targets]` as it is typed.
    TypedTargets, TARGETS = "targets" {
        example: "{ shares = [{ column = \"remission\", share = 0.81, patients = 75, source = \"…\" }] }"
    },
    "What patients have to look like, judged by what becomes of them in the first arm. Candidates are drawn from the distributions and \
     solved; those that are plausible get weights, by which shares of them are those of a real trial. None: every patient drawn is taken." {
        method: TargetMethod = TargetMethod::default(), choice!(TargetMethod),
            synonyms(&["use", "weights", "mode", "kind"])
            "What the weights do: candidates are accepted in proportion to them and then count alike (\"acceptance\"), or every plausible \
             candidate may be a patient and statistics take the weights (\"weighting\").";
        candidates: u64 = 100_000, Kind::Integer(100, MOST_CANDIDATES),
            synonyms(&["draws", "pool", "n", "samples"])
            "Candidates that are drawn, of whom the patients are enrolled.";
        plausible: Vec<TypedCondition>, Kind::Tables(&CONDITION, 0),
            default(|| serde_json::json!([]))
            synonyms(&["ranges", "range", "bounds", "limits"])
            "Ranges that every patient has to keep; a candidate who leaves one is not enrolled.";
        shares: Vec<TypedShare>, Kind::Tables(&SHARES, 0),
            default(|| serde_json::json!([]))
            synonyms(&["match", "targets", "share", "distributions", "outcomes"]);
    }
}

section! {
    /// A condition as it is typed.
    TypedCondition, CONDITION = "condition" { example: "{ column = \"time_of_peak_day\", above = 0.5, below = 14 }" },
    "An event, or a value in a range." {
        column: String, Kind::Text, required() hint(A_COLUMN) synonyms(&["outcome", "endpoint", "quantity", "name"])
            "Column of the patient table.";
        above: f64, Kind::Number(ANY), hint(A_BOUND) synonyms(&["low", "min", "from", "over"])
            "The value is greater than this.";
        below: f64, Kind::Number(ANY), hint(A_BOUND) synonyms(&["high", "max", "to", "under"])
            "The value is less than this.";
    }
}

section! {
    /// A share to be matched, as it is typed.
    TypedShare, SHARES = "shares" {
        example: "{ column = \"remission\", share = 0.81, patients = 75, source = \"…\" }"
    },
    "Shares of patients that a real trial found: those with an event, or with a value in a range. A median is a share of 0.5 below it." {
        column: String, Kind::Text, required() hint(A_COLUMN) synonyms(&["outcome", "endpoint", "quantity", "name"])
            "Column of the patient table.";
        above: f64, Kind::Number(ANY), hint(A_BOUND) synonyms(&["low", "min", "from", "over"])
            "The value is greater than this.";
        below: f64, Kind::Number(ANY), hint(A_BOUND) synonyms(&["high", "max", "to", "under"])
            "The value is less than this.";
        among: TypedCondition, Kind::Table(&CONDITION), synonyms(&["of", "where", "subgroup"])
            "Among whom the share is taken; all patients if it is left out.";
        share: f64, Kind::Number(UP_TO_ONE), required() hint(A_FRACTION) synonyms(&["fraction", "proportion", "value", "target"])
            "Share of the trial's patients.";
        patients: u64, Kind::Integer(1, 1_000_000), required() synonyms(&["n", "size", "of_patients"])
            "Patients on whom the trial's share rests: the fewer, the less it pulls.";
        source: String, Kind::Text, required() hint("Say where the share is published.") synonyms(&["reference", "citation", "from_paper"])
            "Where the share is published.";
    }
}
