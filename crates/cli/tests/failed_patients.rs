//! Patients that cannot be solved: told, counted, and still in the results.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_dataset::Dataset;
use common::Place;

/// Two patients that can be solved, and two in whom the tumour grows faster than any step can follow.
const TABLE: &str = "tumour_burden,r1\n300,0.003\n300,1e300\n100,0.003\n300,1e200\n";

fn place(max_failed_fraction: f64) -> Place {
    let place = Place::with_study(&format!(
        "[study]\nname = \"x\"\ndays = 2\n[population]\ntable = \"t.csv\"\n[run]\nmax_failed_fraction = \
         {max_failed_fraction}\n"
    ));
    place.write("t.csv", TABLE);
    place
}

#[test]
fn more_failures_than_allowed_end_with_code_3_and_say_how_many_and_why() {
    for allowed in [0.0, 0.49] {
        let said = place(allowed).cartrial(&["run", "study.toml"]);
        assert_eq!(said.code, 3);
        assert_eq!(
            said.err,
            format!(
                "error: 2 of 4 patients failed (2 step_collapsed), more than [run] max_failed_fraction = {allowed} \
                 allows. Their rows are in the results, with the status and without outcomes.\n"
            )
        );
        assert!(said.out.contains("\n2 solves failed; their rows have no outcomes\n"), "{}", said.out);
    }
}

#[test]
fn as_many_failures_as_allowed_are_no_failure_of_the_run() {
    for allowed in [0.5, 1.0] {
        let said = place(allowed).cartrial(&["run", "study.toml"]).well();
        assert!(said.out.contains("\n2 solves failed; their rows have no outcomes\n"), "{}", said.out);
    }
}

#[test]
fn rows_of_failed_patients_stay_with_their_status_and_null_outcomes() {
    let place = place(0.0);
    assert_eq!(place.cartrial(&["run", "study.toml", "--quiet"]).code, 3);
    let dataset = Dataset::open(&place.path("results/x")).unwrap();
    let names = ["r1", "status", "peak_inflammation", "tumour_nadir", "lymphocytes_end"];
    let chunks: Vec<_> = dataset.chunks(&names).unwrap().map(|rows| rows.unwrap()).collect();
    let [rows] = &chunks[..] else { panic!("{} chunks", chunks.len()) };
    assert_eq!(rows.f64_column("r1").unwrap(), [0.003, 1e300, 0.003, 1e200]);
    let statuses: Vec<_> = rows.text_column("status").unwrap().flatten().collect();
    assert_eq!(statuses, ["ok", "step_collapsed", "ok", "step_collapsed"]);
    for outcome in &names[2..] {
        let column = rows.batch().column_by_name(outcome).unwrap();
        let null: Vec<_> = (0..4).map(|row| column.is_null(row)).collect();
        assert_eq!(null, [false, true, false, true], "{outcome}");
    }
}

#[test]
fn failures_stand_in_manifest_and_summary() {
    let place = place(0.0);
    assert_eq!(place.cartrial(&["run", "study.toml"]).code, 3);
    let failures = &place.json("results/x/manifest.json")["failures"];
    assert_eq!((&failures["patients"], &failures["rows"]), (&2.into(), &2.into()));
    assert_eq!(failures["by_status"]["step_collapsed"], 2);
    let summary = place.json("results/x/summary.json");
    let is_peak = |o: &&serde_json::Value| o["outcome"] == "peak_inflammation";
    let peak = summary["outcomes"].as_array().unwrap().iter().find(is_peak).unwrap();
    assert_eq!((&peak["n"], &peak["missing"]), (&2.into(), &2.into()));
}

#[test]
fn quiet_still_says_that_patients_failed() {
    let said = place(0.0).cartrial(&["run", "study.toml", "--quiet"]);
    assert_eq!((said.code, said.out.as_str()), (3, ""));
    assert!(said.err.starts_with("error: 2 of 4 patients failed"), "{}", said.err);
}
