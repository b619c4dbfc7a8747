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
fn truncated_and_correlated_quantities_are_held_against_what_was_asked() {
    let population = "[population.correlation]\nkind = \"pearson\"\npairs = [[\"k\", \"d2\", 0.5], [\"b\", \"l\", -0.3]]\n\
        [population.parameters]\nd2 = { normal = { mean = 1.5, sd = 0.5, low = 1, high = 1.8 } }\n\
        k = { lognormal = { mean = 4800, cv = 0.3, low = 4000 } }\n\
        b = { triangular = { low = 500, mode = 800, high = 1500 } }\n";
    let (place, found) = evidence(&format!("{STUDY}{population}"));
    assert_eq!(standing(&found, "Model inputs"), "shown_in_part");
    let cohort = found["cohort"].as_array().unwrap();
    let d2 = cohort.iter().find(|q| q["quantity"] == "d2").unwrap();
    // scipy 1.17.1, truncnorm(-1, 0.6, 1.5, 0.5).mean() and .std()
    assert!((d2["mean_asked"].as_f64().unwrap() - 1.419_542_209_922).abs() < 1e-8, "{d2}");
    assert!((d2["sd_asked"].as_f64().unwrap() - 0.220_713_246_608).abs() < 1e-8, "{d2}");
    assert!(d2["p_value"].as_f64().unwrap() > 1e-4, "{d2}");
    let pairs = found["correlations"].as_array().unwrap();
    assert_eq!(pairs.len(), 2);
    let asked = pairs[0]["spearman_asked"].as_f64().unwrap();
    assert!((asked - 6.0 / std::f64::consts::PI * 0.25_f64.asin()).abs() < 1e-15, "{asked}");
    assert!(pairs.iter().all(|pair| pair["p_value"].as_f64().unwrap() > 1e-4), "{pairs:?}");
    let page = String::from_utf8(place.read("here/credibility.html")).unwrap();
    assert!(page.contains("k and d2") && page.contains("rank correlations differ by"));
    let report = String::from_utf8(place.read("here/report.html")).unwrap();
    assert!(
        report.contains(
            "Correlated, by Pearson’s correlation of the normal scores: k and d2 0.5; b and l −0.3."
        )
    );
}

#[test]
fn where_correlated_patients_are_drawn_again_there_is_no_test() {
    let population = "[population.correlation]\nkind = \"spearman\"\npairs = [[\"k\", \"d2\", 0.8]]\n\
        [population.parameters]\nd2 = { normal = { mean = 1.5, sd = 1.5 } }\n";
    let (_, found) = evidence(&format!("{STUDY}{population}"));
    let cohort = found["cohort"].as_array().unwrap();
    for quantity in cohort {
        let is_correlated = ["k", "d2"].contains(&quantity["quantity"].as_str().unwrap());
        assert_eq!(quantity["p_value"].is_null(), is_correlated, "{quantity}");
    }
    assert!(
        found["correlations"][0]["p_value"].is_null()
            && found["correlations"][0]["spearman_drawn"].is_number()
    );
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
