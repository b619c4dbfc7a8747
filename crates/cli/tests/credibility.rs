//! `credibility`: evidence that is measured, and what is not shown.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL};
use serde_json::Value;

fn standing(evidence: &Value, factor: &str) -> String {
    let factors = evidence["factors"].as_array().unwrap();
    let found = factors.iter().find(|entry| entry["name"] == factor).unwrap();
    found["standing"].as_str().unwrap().to_owned()
}

fn evidence(study: &str) -> (Place, Value) {
    let place = Place::with_study(study);
    place.cartrial(&["run", "study.toml", "--out", "here", "--quiet"]).well();
    let said = place.cartrial(&["credibility", "here"]).well();
    assert!(said.out.ends_with("Page: here/credibility.html\n"), "{}", said.out);
    let evidence = place.json("here/credibility.json");
    (place, evidence)
}

const STUDY: &str = "[study]\nname = \"x\"\nseed = 4\npatients = 300\ndays = 10\n";

#[test]
fn what_is_measured_is_shown_and_what_is_not_is_named() {
    let (place, evidence) = evidence(STUDY);
    for (factor, expected) in [
        ("Software quality assurance", "shown_in_part"),
        ("Numerical code verification", "shown"),
        ("Discretisation error", "shown"),
        ("Numerical solver error", "shown"),
        ("Use error", "shown_in_part"),
        ("Model form", "not_shown"),
        ("Model inputs", "shown_in_part"),
        ("Test samples and conditions", "not_shown"),
        ("Equivalency of inputs and output comparison", "not_shown"),
        ("Relevance of the quantities of interest", "not_shown"),
        ("Relevance of the validation to the context of use", "not_shown"),
    ] {
        assert_eq!(standing(&evidence, factor), expected, "{factor}");
    }
    let convergence = evidence["code_verification"]["convergence"].as_array().unwrap();
    let errors: Vec<_> = convergence.iter().map(|c| c["worst_state"].as_f64().unwrap()).collect();
    assert!(errors.first() > errors.last() && errors[errors.len() - 1] < 1e-8, "{errors:?}");
    let own: Vec<_> = convergence.iter().filter(|c| c["is_that_of_the_study"] == true).collect();
    assert!(own.len() == 1 && own[0]["worst_inflammation"].as_f64().unwrap() < 1e-6);
    assert_eq!(evidence["calculation_verification"]["patients"], 300);
    let page = String::from_utf8(place.read("here/credibility.html")).unwrap();
    assert!(page.contains("That the equations are those of patients is not shown."));
    // The results are still those of the run.
    place.cartrial(&["analyse", "here"]).well();
}

#[test]
fn evidence_against_the_results_is_said() {
    let (_, evidence) = evidence(&format!("{STUDY}[solver]\nmethod = \"rk4\"\nstep_hours = 1.3\n"));
    assert_eq!(standing(&evidence, "Numerical code verification"), "refuted");
    assert_eq!(standing(&evidence, "Discretisation error"), "refuted");
}

#[test]
fn other_equations_are_verified_in_part() {
    let (_, evidence) = evidence(&format!("{STUDY}[model]\ngrowth = \"gompertz\"\n"));
    assert_eq!(standing(&evidence, "Numerical code verification"), "shown_in_part");
    assert_eq!(standing(&evidence, "Discretisation error"), "shown");
}

#[test]
fn what_is_not_stored_is_not_shown() {
    let (_, evidence) = evidence(&format!("{STUDY}[run]\nstore = \"outcomes\"\n"));
    assert!(evidence["calculation_verification"].is_null() && evidence["cohort"].is_null());
    assert_eq!(standing(&evidence, "Discretisation error"), "not_shown");
    assert_eq!(standing(&evidence, "Model inputs"), "not_shown");
}

#[test]
fn results_that_are_none_are_refused() {
    let place = Place::with_study(SMALL);
    let said = place.cartrial(&["credibility", "nowhere"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("nowhere"), "{}", said.err);
}
