//! What the evidence amounts to, factor by factor, and what it does not show.

use super::{CorrelationDiagnostic, Credibility};
use cartrial_dataset::Manifest;
use serde::Serialize;

/// Largest error of a reference patient or of a stored outcome that counts as shown to be small.
const SMALL: f64 = 1e-5;
/// Smallest p of Kolmogorov and Smirnov's tests, times their number, that is put down to chance.
const CHANCE: f64 = 1e-3;

/// An activity of verification and validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Whether the program solves its equations.
    CodeVerification,
    /// Whether these outcomes are solutions of the equations.
    CalculationVerification,
    /// Whether the equations describe patients.
    Validation,
    /// Whether all of it bears on the question.
    Applicability,
}

/// How a factor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The evidence is here.
    Shown,
    /// Some of it is.
    ShownInPart,
    /// There is none.
    NotShown,
    /// There is evidence against it.
    Refuted,
}

impl Activity {
    /// Its name in the standard.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CodeVerification => "Code verification",
            Self::CalculationVerification => "Calculation verification",
            Self::Validation => "Validation",
            Self::Applicability => "Applicability",
        }
    }
}

impl Standing {
    /// In words.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::ShownInPart => "in part",
            Self::NotShown => "not shown",
            Self::Refuted => "refuted",
        }
    }
}

/// A credibility factor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Factor {
    /// To which activity it belongs.
    pub activity: Activity,
    /// Its name in the standard.
    pub name: &'static str,
    /// How it stands.
    pub standing: Standing,
    /// The evidence, or what is missing.
    pub evidence: String,
}

pub(super) fn factors(found: &Credibility, manifest: &Manifest) -> Vec<Factor> {
    use Activity::{Applicability, CalculationVerification, CodeVerification, Validation};
    let factor = |activity, name, (standing, evidence): (Standing, String)| Factor {
        activity,
        name,
        standing,
        evidence,
    };
    vec![
        factor(CodeVerification, "Software quality assurance", quality(found)),
        factor(CodeVerification, "Numerical code verification", code(found)),
        factor(CalculationVerification, "Discretisation error", discretisation(found)),
        factor(CalculationVerification, "Numerical solver error", solver(found, manifest)),
        factor(CalculationVerification, "Use error", use_error(manifest)),
        factor(Validation, "Model form", form()),
        factor(Validation, "Model inputs", inputs(found)),
        factor(
            Validation,
            "Test samples and conditions",
            none("No patient's data are compared with this study."),
        ),
        factor(
            Validation,
            "Equivalency of inputs and output comparison",
            none(
                "There is no comparator: the study is not calibrated to, nor tested on, any cohort of patients.",
            ),
        ),
        factor(
            Applicability,
            "Relevance of the quantities of interest",
            none(
                "Inflammation is one number that stands for all cytokines, and its severe level is a convention of the \
                 study, not a grade of cytokine release syndrome.",
            ),
        ),
        factor(
            Applicability,
            "Relevance of the validation to the context of use",
            none("Without validation there is nothing to be relevant."),
        ),
    ]
}

fn none(text: &str) -> (Standing, String) {
    (Standing::NotShown, text.to_owned())
}

fn quality(found: &Credibility) -> (Standing, String) {
    let text = format!(
        "Version {} of an open program with tests against independent solvers and statistics packages, and hashes of every \
         file and row. There is no certified quality system, and this run does not repeat the tests.",
        found.program_version
    );
    (Standing::ShownInPart, text)
}

fn code(found: &Credibility) -> (Standing, String) {
    let code = &found.code_verification;
    let error = code.error();
    let patients = code.patients;
    let text = format!(
        "{patients} random patients, solved now by {} as in the study, differ from an independent solver (DOP853, rtol 1e-12) by \
         {error:.1e} at most.",
        code.method
    );
    match (error <= SMALL, code.has_the_equations_of_the_study) {
        (true, true) => (Standing::Shown, text),
        (true, false) => {
            let other =
                " The study has another reading or law of growth, which these references do not cover.";
            (Standing::ShownInPart, text + other)
        }
        (false, _) => (Standing::Refuted, format!("{text} That is more than {SMALL:.0e}.")),
    }
}

fn discretisation(found: &Credibility) -> (Standing, String) {
    let Some(calculation) = &found.calculation_verification else {
        return none("The quantities of the patients are not stored, so that nobody can be solved again.");
    };
    let error = calculation.error();
    let text = format!(
        "{} patients of this study, solved again at {:e} instead of {:e}, differ by {error:.1e} of an endpoint's largest value \
         at most; {} events in {} rows come out differently.",
        calculation.patients,
        calculation.finer_setting,
        calculation.setting,
        calculation.changed_events(),
        calculation.rows
    );
    let is_small = error <= SMALL && calculation.solved_by_one_alone == 0;
    (if is_small { Standing::Shown } else { Standing::Refuted }, text)
}

fn solver(found: &Credibility, manifest: &Manifest) -> (Standing, String) {
    let failed = manifest.failures.patients;
    let order = found.code_verification.order;
    let text = match order {
        Some(order) => format!(
            "The error falls as the setting to the power {:.2}, over the range that was tried. {failed} of {} patients \
             could not be solved; each has its row with the cause.",
            order, manifest.patients
        ),
        None => format!(
            "Too few settings converged to tell how. {failed} of {} patients failed.",
            manifest.patients
        ),
    };
    let standing = match order {
        Some(order) if order > 0.5 && failed == 0 => Standing::Shown,
        Some(_) => Standing::ShownInPart,
        None => Standing::NotShown,
    };
    (standing, text)
}

fn use_error(manifest: &Manifest) -> (Standing, String) {
    let corrected = manifest.corrections.patients;
    let text = format!(
        "The study file was validated, and unknown keys are refused; {corrected} of {} patients had a draw corrected to be \
         physical. Whether the study asks the right question is for its author to say.",
        manifest.patients
    );
    (Standing::ShownInPart, text)
}

fn form() -> (Standing, String) {
    let text = "One published mechanism of seven equations (Hanson et al. 2016, curated as BIOMD0000000837). The paper does not \
                fit it to patients. Antigen loss, sites of disease, and the course of single cytokines are left out.";
    (Standing::NotShown, text.to_owned())
}

fn inputs(found: &Credibility) -> (Standing, String) {
    let Some(cohort) = &found.cohort else {
        return none("The patients come from a table or are not stored: their distribution is not checked.");
    };
    let correlations = &found.correlations;
    let of_quantities = cohort.iter().map(|quantity| quantity.p_value);
    let of_pairs = correlations.iter().map(|pair| pair.p_value);
    let tests: Vec<f64> = of_quantities.chain(of_pairs).flatten().collect();
    let worst = cohort.iter().map(|quantity| quantity.kolmogorov_smirnov).fold(0.0, f64::max);
    let n = cohort.first().map_or(0, |quantity| quantity.n);
    let difference = |pair: &CorrelationDiagnostic| {
        pair.spearman_drawn.map_or(0.0, |drawn| (drawn - pair.spearman_asked).abs())
    };
    let pairs = match correlations.len() {
        0 => String::new(),
        pairs => format!(
            ", {pairs} rank correlations differ by {:.4} at most",
            correlations.iter().map(difference).fold(0.0, f64::max)
        ),
    };
    let assumed = "The distributions themselves are assumptions, not estimates from patients.";
    let smallest = tests.iter().copied().fold(1.0, f64::min);
    let adjusted = (smallest * tests.len() as f64).min(1.0);
    let text = format!(
        "{} quantities of {n} patients follow the distributions that were asked for: D is {worst:.4} at most{pairs}{}. {assumed}",
        cohort.len(),
        if tests.is_empty() {
            String::new()
        } else {
            format!(", and the smallest p, times their number, {adjusted:.2}")
        }
    );
    if adjusted < CHANCE {
        return (Standing::Refuted, text.replace("follow the", "do not follow the"));
    }
    (Standing::ShownInPart, text)
}
