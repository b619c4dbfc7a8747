//! Studies with targets: what `cartrial calibrate` shows, and that a run accepts the same patients however it is done.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::Place;
use serde_json::Value;

const STUDY: &str = "\
[study]
name = \"like-a-trial\"
seed = 4
patients = 600
days = 20
[population]
distribution = \"uniform\"
[population.initial]
tumour_burden = { uniform = { low = 1, high = 1000 } }
[population.targets]
candidates = 3000
plausible = [{ column = \"time_of_peak_day\", above = 0.2, below = 10 }]
[[population.targets.shares]]
column = \"severe_inflammation\"
share = 0.6
patients = 400
source = \"made up\"
[[population.targets.shares]]
column = \"remission\"
share = 0.9
patients = 400
source = \"made up\"
among = { column = \"tumour_burden\", above = 300 }
[endpoints]
severe_inflammation = 200
[[arms]]
name = \"trial\"
[[arms]]
name = \"rescue\"
rescue = { above = 150, hours = 48, rate = 200 }
";

#[test]
fn it_shows_how_near_the_patients_come_to_the_trial() {
    let place = Place::with_study(STUDY);
    let said = place.cartrial(&["calibrate", "study.toml"]).well();
    assert!(said.out.starts_with("like-a-trial: "), "{}", said.out);
    assert!(
        said.out.contains("Remission, of those with initial tumour burden above 300 cells/µL"),
        "{}",
        said.out
    );
    assert!(said.out.contains("Effective sample size"), "{}", said.out);
    let found = place.json("results/like-a-trial-calibration/calibration.json");
    let number = |value: &Value| value.as_f64().unwrap();
    for share in found["shares"].as_array().unwrap() {
        let [low, high] = [0, 1].map(|end| number(&share["target_ci95"][end]));
        assert!(low < number(&share["share"]) && number(&share["share"]) < high);
        let (plausible, weighted) = (number(&share["plausible"]), number(&share["weighted"]));
        assert!(
            (weighted - number(&share["share"])).abs() <= (plausible - number(&share["share"])).abs(),
            "{share}"
        );
        assert!(low < weighted && weighted < high, "{share}");
        // 600 accepted patients: within four standard errors of the weighted share.
        assert!((number(&share["enrolled"]["estimate"]) - weighted).abs() < 4.0 * 0.5 / 24.0, "{share}");
    }
    assert!(number(&found["effective_sample_size"]) <= number(&found["plausible"]));
    assert_eq!(found["ranges"][0]["column"], "time_of_peak_day");
    let page = String::from_utf8(place.read("results/like-a-trial-calibration/report.html")).unwrap();
    for needed in [
        "Who is plausible",
        "Where the trial's shares are published",
        "made up",
        "cartrial calibrate study.toml",
    ] {
        assert!(page.replace("&#39;", "'").contains(needed), "{needed}");
    }
    assert!(place.path("results/like-a-trial-calibration/figures/shares.png").exists());
}

#[test]
fn a_run_accepts_the_same_patients_on_one_machine_or_several() {
    let place = Place::with_study(STUDY);
    place.cartrial(&["calibrate", "study.toml", "--out", "calibration"]).well();
    place.cartrial(&["run", "study.toml", "--out", "whole"]).well();
    place.cartrial(&["run", "study.toml", "--out", "one-thread", "--threads", "1"]).well();
    for shard in ["2/2", "1/2"] {
        place.cartrial(&["run", "study.toml", "--out", "pieces", "--shard", shard]).well();
    }
    place.cartrial(&["merge", "pieces"]).well();
    let hash = |directory: &str| place.json(&format!("{directory}/manifest.json"))["content_hash"].clone();
    assert_eq!([hash("one-thread"), hash("pieces")], [hash("whole"), hash("whole")]);
    assert_eq!(place.read("pieces/summary.json"), place.read("whole/summary.json"));
    // The shares of the first arm are those of the calibration.
    let outcomes = place.json("whole/summary.json")["outcomes"].as_array().unwrap().clone();
    let severe =
        outcomes.iter().find(|o| o["arm"] == "trial" && o["outcome"] == "severe_inflammation").unwrap();
    let calibration = place.json("calibration/calibration.json");
    let near = |a: &Value, b: &Value| (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-12;
    assert!(near(&severe["mean"], &calibration["shares"][0]["enrolled"]["estimate"]));
    let columns = place.json("whole/dictionary.json").as_array().unwrap().clone();
    let weight = columns.iter().find(|column| column["name"] == "prevalence_weight").unwrap();
    assert_eq!(
        weight["label"],
        "Prevalence weight of the candidate; the mean over plausible candidates is 1"
    );
    let page = String::from_utf8(place.read("whole/report.html")).unwrap();
    assert!(
        page.contains("accepted from 3000 candidates by what becomes of them in the first arm"),
        "{page}"
    );
    // The patients are a cohort table for other treatments.
    let other = STUDY.split("[population]").next().unwrap().to_owned()
        + "[population]\ntable = \"whole/patients.parquet\"\ncarry = [\"prevalence_weight\"]\n[endpoints]\nsevere_inflammation = 200\n";
    place.write("other.toml", other);
    place.cartrial(&["run", "other.toml", "--out", "other"]).well();
    let again = place.json("other/summary.json")["outcomes"].as_array().unwrap().clone();
    let severe_again = again.iter().find(|o| o["outcome"] == "severe_inflammation").unwrap();
    assert_eq!(severe_again["mean"], severe["mean"]);
}

#[test]
fn weighted_patients_are_the_same_on_one_machine_or_several() {
    let text = STUDY
        .replace("candidates = 3000", "method = \"weighting\"\ncandidates = 13000")
        .replace("patients = 600", "patients = 8500");
    let place = Place::with_study(&text);
    let said = place.cartrial(&["run", "study.toml", "--out", "whole"]).well();
    assert!(said.out.contains("Weighted by prevalence_weight: effective sample size "), "{}", said.out);
    assert!(
        said.out.contains("p: paired t-test by weights of the same patients in both arms"),
        "{}",
        said.out
    );
    // Shards of whole segments hand accumulators to each other, smaller ones their rows.
    for (directory, shards) in [("halves", 2), ("thirds", 3)] {
        for shard in 1..=shards {
            let shard = format!("{shard}/{shards}");
            place.cartrial(&["run", "study.toml", "--out", directory, "--shard", &shard]).well();
        }
        place.cartrial(&["merge", directory]).well();
        assert_eq!(place.read(&format!("{directory}/summary.json")), place.read("whole/summary.json"));
    }
    let hash = |directory: &str| place.json(&format!("{directory}/manifest.json"))["content_hash"].clone();
    assert_eq!([hash("halves"), hash("thirds")], [hash("whole"), hash("whole")]);
    assert_eq!(place.json("whole/manifest.json")["cohort"]["source"], "weighted");

    let summary = place.json("whole/summary.json");
    let weights = &summary["weights"];
    assert_eq!((&weights["column"], &weights["patients"]), (&"prevalence_weight".into(), &8500.into()));
    let effective = weights["effective_sample_size"].as_f64().unwrap();
    assert!(effective > 100.0 && effective < 8500.0, "{effective}");
    // By weight the share of nearly all plausible candidates is nearly the trial's.
    place.cartrial(&["calibrate", "study.toml", "--out", "calibration"]).well();
    let share = place.json("calibration/calibration.json")["shares"][0].clone();
    let outcomes = summary["outcomes"].as_array().unwrap();
    let of_arm = |o: &&Value| o["arm"] == "trial" && o["outcome"] == "severe_inflammation";
    let severe = outcomes.iter().find(of_arm).unwrap()["mean"].as_f64().unwrap();
    assert!((severe - share["weighted"].as_f64().unwrap()).abs() < 0.05, "{severe} for {share}");
    assert!(share["plausible"].as_f64().unwrap() > severe + 0.1, "{severe} for {share}");
    let near = share["enrolled"]["estimate"].as_f64().unwrap();
    assert!((severe - near).abs() < 1e-12, "{severe} for {near}");
    let page = String::from_utf8(place.read("whole/report.html")).unwrap();
    assert!(page.contains("paired t-test of weighted patients"));
    assert!(page.contains("shows how near they come. Statistics take the weights"), "{page}");

    // The rows are a cohort table that brings its own weights.
    let other = text.split("[population]").next().unwrap().to_owned()
        + "[population]\ntable = \"whole/patients.parquet\"\nweight = \"prevalence_weight\"\n\
           [endpoints]\nsevere_inflammation = 200\n";
    place.write("other.toml", other);
    place.cartrial(&["run", "other.toml", "--out", "other"]).well();
    let again = place.json("other/summary.json");
    let of_table =
        again["outcomes"].as_array().unwrap().iter().find(|o| o["outcome"] == "severe_inflammation");
    assert_eq!(of_table.unwrap()["mean"].as_f64(), Some(severe));
    assert_eq!(again["weights"], *weights);

    // All plausible candidates, in their order: the mean of their weights is 1.
    let plausible = place.json("calibration/calibration.json")["plausible"].as_u64().unwrap();
    place.cartrial(&["run", "study.toml", "--patients", &plausible.to_string(), "--out", "all"]).well();
    place.cartrial(&["export", "all", "--format", "csv", "--layout", "wide"]).well();
    let csv = String::from_utf8(place.read("all/export-csv/patients.csv")).unwrap();
    let names: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let column = |name: &str| -> Vec<f64> {
        let at = names.iter().position(|column| *column == name).unwrap();
        let first_arm = csv.lines().skip(1).step_by(2);
        first_arm.map(|line| line.split(',').nth(at).unwrap().parse().unwrap()).collect()
    };
    let (ids, weights) = (column("candidate_id"), column("prevalence_weight"));
    assert_eq!(weights.len() as u64, plausible);
    assert!(ids.windows(2).all(|two| two[0] < two[1]));
    assert!((weights.iter().sum::<f64>() / plausible as f64 - 1.0).abs() < 1e-12);

    let too_many = place.cartrial(&["run", "study.toml", "--patients", "12000"]);
    assert!(
        too_many.err.contains("candidates are plausible, and the study has 12000 patients."),
        "{}",
        too_many.err
    );
}

#[test]
fn check_says_how_patients_are_accepted() {
    let place = Place::with_study(STUDY);
    let said = place.cartrial(&["check", "study.toml"]).well();
    assert!(
        said.out.contains(
            "accepted from 3,000 candidates, by 1 range and 2 shares: cartrial calibrate shows how"
        ),
        "{}",
        said.out
    );
}

#[test]
fn bad_targets_end_in_a_message_and_write_nothing() {
    let refuses =
        |text: &str, command: &[&str], message: &str| Place::with_study(text).refuses(command, 2, message);
    let run = ["run", "study.toml"];
    refuses(
        &STUDY.replace("above = 0.2, below = 10", "above = 12, below = 12.001"),
        &run,
        "error: population.targets: none of 3000 candidates is plausible; each range by itself is kept by so many (plausible[0], \
         time_of_peak_day: 0), and 0 could not be solved. Widen the ranges, or the distributions of the quantities.",
    );
    refuses(
        &STUDY.replace("above = 300", "above = 3000"),
        &run,
        "error: population.targets: shares[1]: no plausible candidate is among those of whom it is taken (tumour_burden). Widen the \
         ranges or the distributions, or leave the share out.",
    );
    let place = Place::with_study(&STUDY.replace("patients = 600", "patients = 2900"));
    let said = place.cartrial(&["run", "study.toml"]);
    assert!(!place.path("results").exists());
    // Why that is so can be looked at.
    let shown = place.cartrial(&["calibrate", "study.toml", "--out", "calibration"]);
    assert_eq!((shown.code, &shown.err), (3, &said.err));
    assert!(place.path("calibration/report.html").exists());
    assert!(
        said.err.contains(
            "of 3000 candidates are accepted, and the study has 2900 patients. Write candidates = "
        ) && said.err.contains(" under [population.targets], or ask for fewer patients."),
        "{}",
        said.err
    );
    let untargeted = STUDY.split("[population.targets]").next().unwrap();
    refuses(
        untargeted,
        &["calibrate", "study.toml"],
        "error: study.toml: no targets, so that every patient drawn is taken. Write some under [population.targets].",
    );
    refuses(
        STUDY,
        &["sensitivity", "study.toml"],
        "error: study.toml: population.targets: the patients are enrolled for what becomes of them, and a sensitivity analysis moves \
         every quantity over its distribution. Remove the table for this analysis.",
    );
}
