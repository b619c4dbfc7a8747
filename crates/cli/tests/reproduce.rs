//! `cartrial reproduce`: what it writes, what it finds, and that it finds the same again.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL};
use serde_json::Value;

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap_or_else(|| panic!("{key} of {value}"))
}

#[test]
fn every_combination_stands_in_the_replicates_once() {
    let place = Place::new();
    let said = place.cartrial(&["reproduce", "--out", "here", "--trials", "20"]).well();
    let replicates = place.json("here/replicates.json");
    let key =
        |e: &Value| ["distribution", "n", "scale", "predictor"].map(|k| e[k].as_str().unwrap().to_owned());
    let mut keys: Vec<_> = list(&replicates).iter().map(key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!((list(&replicates).len(), keys.len()), (16, 16));
    for entry in list(&replicates) {
        assert_eq!((number(entry, "trials"), number(entry, "patients_per_trial")), (20.0, 200.0));
        let [low, median, high] = ["q05", "median", "q95"].map(|q| number(&entry["log10_p"], q));
        assert!(low < median && median < high && high <= 0.0, "{entry}");
        assert!((0.0..=100.0).contains(&number(entry, "paper_percentile")));
    }
    assert!(said.out.contains("uniform, n held") && said.out.contains("5.3e−38"), "{}", said.out);
    assert!(place.read("here/report.html").starts_with(b"<!DOCTYPE html>"));
    for figure in [
        "figure3",
        "readings",
        "figure4-uniform",
        "figure4-normal-log",
        "replicates",
        "power",
        "drivers",
        "sobol",
    ] {
        assert!(place.read(&format!("here/figures/{figure}.svg")).starts_with(b"<svg"), "{figure}");
        assert_eq!(place.read(&format!("here/figures/{figure}.png"))[1..4], *b"PNG", "{figure}");
    }
}

/// 1,000 replicates of an independent program: medians of log10 p −37.3 (held, ln) and −19.4 (varied, peak) for the
/// burden with 5 % and 95 % quantiles [−44.5, −31.0] and [−23.9, −15.2], mean r 0.753 and 0.587; for the dose 0.124 and
/// 0.122. The standard error of a median of n trials is about 1.25 σ/√n.
#[test]
fn ref_replicates_agree_with_an_independent_program_within_monte_carlo_error() {
    let place = Place::new();
    place.cartrial(&["reproduce", "--out", "here", "--trials", "300", "--quiet"]).well();
    let replicates = place.json("here/replicates.json");
    let cases = [
        ("held", "log", "tumour_burden", -37.3, 4.1, 0.753),
        ("varied", "linear", "tumour_burden", -19.4, 2.65, 0.587),
        ("held", "log", "dose_total", 0.093_f64.log10(), 0.95, 0.124),
        ("varied", "linear", "dose_total", 0.087_f64.log10(), 0.95, 0.122),
    ];
    for (n, scale, predictor, median, sd, r) in cases {
        let is_it = |e: &&Value| {
            e["distribution"] == "uniform"
                && e["n"] == n
                && e["scale"] == scale
                && e["predictor"] == predictor
        };
        let entry = list(&replicates).iter().find(is_it).unwrap();
        let error = 1.25 * sd * f64::sqrt(1.0 / 300.0 + 1.0 / 1000.0);
        let found = number(&entry["log10_p"], "median");
        assert!((found - median).abs() < 4.0 * error, "{n} {scale} {predictor}: {found}");
        let error = f64::sqrt(1.0 / 200.0 / 300.0 + 1.0 / 200.0 / 1000.0);
        assert!((number(entry, "mean_r") - r).abs() < 4.0 * error, "{n} {scale} {predictor}: {entry}");
    }
}

#[test]
fn a_second_time_gives_the_same_hash_and_the_same_page() {
    let place = Place::new();
    for out in ["a", "b"] {
        place.cartrial(&["reproduce", "--out", out, "--trials", "5", "--quiet"]).well();
    }
    let hash = place.json("a/manifest.json")["content_hash"].clone();
    assert!(hash.as_str().unwrap().starts_with("xxh3-128-sum:"));
    for file in
        ["manifest.json", "replicates.json", "power.json", "drivers.json", "sobol.json", "report.html"]
    {
        assert!(place.read(&format!("a/{file}")) == place.read(&format!("b/{file}")), "{file} differs");
    }
    let page = String::from_utf8(place.read("a/report.html")).unwrap();
    assert!(page.contains(hash.as_str().unwrap()));
    let before = place.contents();
    place.cartrial(&["reproduce", "--out", "a", "--trials", "5", "--quiet"]).well();
    assert!(place.contents() == before, "the same over itself");
}

#[test]
fn its_cohorts_are_those_of_the_study_files() {
    let place = Place::new();
    place.cartrial(&["reproduce", "--out", "here", "--trials", "1", "--quiet"]).well();
    let cohorts = place.json("here/manifest.json")["cohorts"].clone();
    assert_eq!(list(&cohorts).len(), 4);
    for cohort in list(&cohorts) {
        let name = cohort["study"].as_str().unwrap();
        let file = format!("{}/../../cohorts/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        place.cartrial(&["run", &file, "--out", name]).well();
        assert_eq!(
            place.json(&format!("{name}/manifest.json"))["content_hash"],
            cohort["content_hash"],
            "{name}"
        );
    }
}

#[test]
fn power_grows_with_the_size_of_the_trial_and_is_what_the_trials_say() {
    let place = Place::new();
    place.cartrial(&["reproduce", "--out", "here", "--trials", "100", "--quiet"]).well();
    let power = place.json("here/power.json");
    let main: Vec<_> = list(&power["trials"])
        .iter()
        .filter(|e| e["distribution"] == "uniform" && e["n"] == "held" && e["scale"] == "log")
        .collect();
    let sizes: Vec<_> = main.iter().map(|e| number(e, "patients_per_trial")).collect();
    assert_eq!(
        sizes,
        [50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0],
        "no trial of 100,000 in 20,000"
    );
    for entry in &main {
        assert_eq!(number(entry, "power"), number(entry, "significant") / number(entry, "trials"));
        let [low, high] = [0, 1].map(|i| entry["power_ci95"][i].as_f64().unwrap());
        assert!(low <= number(entry, "power") && number(entry, "power") <= high);
        assert!((number(entry, "power") - number(entry, "analytic_power")).abs() < 0.25, "{entry}");
    }
    assert!(number(main[0], "power") < 0.3 && number(main[7], "power") > 0.9);
}

#[test]
fn results_of_something_else_are_never_touched() {
    let place = Place::with_study(SMALL);
    place.cartrial(&["run", "study.toml", "--out", "here"]).well();
    place.refuses(
        &["reproduce", "--out", "here", "--trials", "1"],
        2,
        "error: here: already holds patients.parquet, which is not from a reproduction. Choose another directory with \
         --out.",
    );
    std::fs::create_dir(place.path("mine")).unwrap();
    place.write("mine/report.html", "my own");
    place.refuses(
        &["reproduce", "--out", "mine", "--trials", "1"],
        2,
        "error: mine: already holds report.html, which is not from a reproduction. Choose another directory with \
         --out.",
    );
}

#[test]
fn a_number_of_trials_out_of_range_is_refused() {
    let place = Place::new();
    for trials in ["0", "-3", "many", "1000001"] {
        let said = place.cartrial(&["reproduce", "--trials", trials]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains("expected a whole number from 1 to 1000000"), "{said:?}");
    }
    assert!(place.contents().is_empty());
}
