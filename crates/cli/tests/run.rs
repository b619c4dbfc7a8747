//! `cartrial run`: what it writes, what it says, and that the same study gives the same results.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL, UNIFORM};
use serde_json::json;

const FILES: [&str; 13] = [
    "dictionary.json",
    "figures/cohort.png",
    "figures/cohort.svg",
    "figures/outcomes.png",
    "figures/outcomes.svg",
    "figures/regressions-log.png",
    "figures/regressions-log.svg",
    "figures/regressions.png",
    "figures/regressions.svg",
    "manifest.json",
    "patients.parquet",
    "report.html",
    "summary.json",
];

#[test]
fn the_papers_study_writes_every_file_and_nothing_else() {
    let place = Place::new();
    place.cartrial(&["run", UNIFORM, "--out", "here"]).well();
    let here = place.path("here");
    let contents = place.contents();
    let files = contents.keys().filter(|path| path.is_file());
    let files: Vec<_> = files.map(|path| path.strip_prefix(&here).unwrap().to_str().unwrap()).collect();
    assert_eq!(files, FILES);
    assert_eq!(place.read("here/patients.parquet")[..4], *b"PAR1");
    assert_eq!(place.read("here/figures/regressions.png")[1..4], *b"PNG");
    assert!(place.read("here/figures/regressions.svg").starts_with(b"<svg"));
    assert_eq!(place.json("here/manifest.json")["rows"], 200);
    assert_eq!(place.json("here/dictionary.json")[0]["name"], "patient_id");
}

#[test]
fn the_table_names_the_papers_two_predictors_first() {
    let place = Place::new();
    let said = place.cartrial(&["run", UNIFORM]).well();
    let (_, table) = said.out.split_once("Peak inflammation on").unwrap();
    let names: Vec<_> = table.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names[..2], ["dose_total", "tumour_burden"]);
    assert!(
        said.out.starts_with("hanson2016-uniform: 200 patients, 30 days, seed 20160424\n"),
        "{}",
        said.out
    );
    assert!(said.out.ends_with("Results: results/hanson2016-uniform\n"), "{}", said.out);
}

#[test]
fn the_table_states_the_p_values_of_the_summary() {
    let place = Place::new();
    let said = place.cartrial(&["run", UNIFORM, "--out", "here"]).well();
    let summary = place.json("here/summary.json");
    for predictor in ["dose_total", "tumour_burden"] {
        let is_it = |e: &&serde_json::Value| e["predictor"] == predictor && e["scale"] == "linear";
        let p = summary["regressions"].as_array().unwrap().iter().find(is_it).unwrap()["p_value"]
            .as_f64()
            .unwrap();
        let line = said.out.lines().find(|line| line.trim_start().starts_with(predictor)).unwrap();
        let shown: Vec<f64> =
            line.split_whitespace().filter_map(|word| word.replace('−', "-").parse().ok()).collect();
        let near = |shown: &&f64| ((**shown - p) / p).abs() < 0.05;
        assert!(shown.iter().find(near).is_some(), "no p = {p:e} in {line:?}");
    }
}

#[test]
fn quiet_says_nothing_and_writes_the_same() {
    let place = Place::with_study(SMALL);
    place.cartrial(&["run", "study.toml", "--out", "loud"]).well();
    let said = place.cartrial(&["run", "study.toml", "--out", "quiet", "--quiet"]).well();
    assert_eq!(said.out, "");
    for file in ["summary.json", "dictionary.json", "patients.parquet", "figures/regressions.svg"] {
        assert!(
            place.read(&format!("loud/{file}")) == place.read(&format!("quiet/{file}")),
            "{file} differs"
        );
    }
}

#[test]
fn results_go_to_a_directory_named_after_the_study() {
    let place = Place::with_study(SMALL);
    let said = place.cartrial(&["run", "study.toml"]).well();
    assert!(said.out.ends_with("Results: results/small\n"), "{}", said.out);
    assert_eq!(place.json("results/small/manifest.json")["study"]["name"], "small");
}

#[test]
fn one_thread_and_two_give_the_same_rows_and_statistics() {
    let place = Place::new();
    for threads in ["1", "2"] {
        place
            .cartrial(&["run", UNIFORM, "--patients", "3000", "--threads", threads, "--out", threads])
            .well();
    }
    let hash = |of: &str| place.json(&format!("{of}/manifest.json"))["content_hash"].clone();
    assert!(hash("1").is_string());
    assert_eq!(hash("1"), hash("2"));
    assert!(place.read("1/summary.json") == place.read("2/summary.json"));
    assert_eq!(place.json("2/manifest.json")["timing"]["threads"], 2);
}

#[test]
fn a_forced_simd_level_changes_no_row() {
    let place = Place::with_study(SMALL);
    let run = |level| place.cartrial_with(&["run", "study.toml", "--out", level], Some(level)).well();
    for level in ["scalar", "baseline"] {
        run(level);
        assert_eq!(place.json(&format!("{level}/manifest.json"))["timing"]["simd"], level);
    }
    let hash = |of: &str| place.json(&format!("{of}/manifest.json"))["content_hash"].clone();
    assert_eq!(hash("scalar"), hash("baseline"));
}

#[test]
fn arguments_take_the_place_of_the_studys_values_and_stand_in_the_manifest() {
    let place = Place::with_study(SMALL);
    let arguments =
        ["run", "study.toml", "--patients", "9", "--seed", "18446744073709551615", "--days", "1.5"];
    let said = place.cartrial(&arguments).well();
    assert!(said.out.starts_with("small: 9 patients, 1.5 days, seed 18446744073709551615\n"), "{}", said.out);
    let manifest = place.json("results/small/manifest.json");
    let study = &manifest["study"];
    assert_eq!(study["patients"], 9);
    assert_eq!(study["seed"], json!(u64::MAX));
    assert_eq!(study["days"], 1.5);
    assert_eq!(manifest["rows"], 9);
}

#[test]
fn another_seed_gives_other_rows_and_a_larger_cohort_the_same_first_ones() {
    use cartrial_dataset::Dataset;
    let place = Place::with_study(SMALL);
    let first_values = |out: &str, more: &[&str]| {
        place.cartrial(&[&["run", "study.toml", "--out", out], more].concat()).well();
        let dataset = Dataset::open(&place.path(out)).unwrap();
        let rows = dataset.chunks(&["inflammation_end"]).unwrap().next().unwrap().unwrap();
        rows.f64_column("inflammation_end").unwrap()[..6].to_vec()
    };
    let values = first_values("a", &[]);
    assert_eq!(first_values("b", &["--patients", "2000"]), values);
    assert_ne!(first_values("c", &["--seed", "8"]), values);
}

#[test]
fn results_are_replaced_with_force_alone() {
    let place = Place::with_study(SMALL);
    place.cartrial(&["run", "study.toml"]).well();
    place.write("results/small/notes.txt", "mine");
    place.refuses(
        &["run", "study.toml", "--seed", "8"],
        2,
        "error: results/small: already holds results (manifest.json, patients.parquet, summary.json, 2 more). Give \
         --force to replace it, or another directory with --out.",
    );
    place.cartrial(&["run", "study.toml", "--seed", "8", "--force"]).well();
    assert_eq!(place.json("results/small/manifest.json")["study"]["seed"], 8);
    assert_eq!(place.read("results/small/notes.txt"), b"mine");
}

#[test]
fn regress_figures_of_replaced_results_do_not_stay() {
    let place = Place::with_study(SMALL);
    place.cartrial(&["run", "study.toml"]).well();
    let figure = place.path("results/small/figures/regressions.svg");
    assert!(figure.exists());
    place.write(
        "empty.toml",
        format!("{SMALL}[population]\ntable = \"t.csv\"\n[run]\nmax_failed_fraction = 1\n"),
    );
    place.write("t.csv", "r1\n1e300\n1e300\n1e300\n1e300\n1e300\n1e300\n");
    place.cartrial(&["run", "empty.toml", "--force"]).well();
    assert!(!figure.exists(), "a figure of patients that are not there");
}
