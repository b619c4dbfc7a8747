//! Patients that cannot be solved: told, counted, and still in the results.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_dataset::Dataset;
use common::Place;
use serde_json::{Value, json};

/// Two patients that can be solved, and two in whom the tumour grows faster than any step can follow.
const TABLE: &str = "tumour_burden,r1\n300,0.003\n300,1e300\n100,0.003\n300,1e200\n";

/// What the summary says of them.
const TOLD: &str = "
2 of 4 patients failed; no statistic counts what failed
  2 step_collapsed (the step size collapsed)
 patient  day  cause
       1    0  the step size collapsed
       3    0  the step size collapsed
All of them, with parameters, status and failed_at_day: the rows of the patient table whose status is not ok
";

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
        assert!(said.out.contains(TOLD), "{}", said.out);
    }
}

#[test]
fn as_many_failures_as_allowed_are_no_failure_of_the_run() {
    for allowed in [0.5, 1.0] {
        let said = place(allowed).cartrial(&["run", "study.toml"]).well();
        assert!(said.out.contains(TOLD), "{}", said.out);
    }
}

#[test]
fn rows_of_failed_patients_stay_with_their_status_and_null_outcomes() {
    let place = place(0.0);
    assert_eq!(place.cartrial(&["run", "study.toml", "--quiet"]).code, 3);
    let dataset = Dataset::open(&place.path("results/x")).unwrap();
    let names = ["r1", "failed_at_day", "status", "peak_inflammation", "tumour_nadir", "lymphocytes_end"];
    let chunks: Vec<_> = dataset.chunks(&names).unwrap().map(|rows| rows.unwrap()).collect();
    let [rows] = &chunks[..] else { panic!("{} chunks", chunks.len()) };
    assert_eq!(*rows.f64_column("r1").unwrap(), [0.003, 1e300, 0.003, 1e200]);
    let statuses: Vec<_> = rows.text_column("status").unwrap().flatten().collect();
    assert_eq!(statuses, ["ok", "step_collapsed", "ok", "step_collapsed"]);
    assert_eq!(rows.f64_column("failed_at_day").unwrap()[1], 0.0);
    let days = rows.batch().column_by_name("failed_at_day").unwrap();
    assert_eq!([0, 1, 2, 3].map(|row| days.is_null(row)), [true, false, true, false]);
    for outcome in &names[3..] {
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
    let first =
        |id| json!({ "patient_id": id, "arm": "car-t", "status": "step_collapsed", "failed_at_day": 0.0 });
    assert_eq!(failures["first"], json!([first(1), first(3)]));
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

/// Thirty patients in two arms. In every fifth the product has so many cells that no step can follow their infusion,
/// which arm `later` gives on day 1.25, and arm `few` only in a trace.
fn failing_in_one_arm() -> Place {
    let place = Place::with_study(
        "[study]\nname = \"x\"\ndays = 3\n[population]\ntable = \"t.csv\"\n[run]\nmax_failed_fraction = 1\n\
         [[arms]]\nname = \"few\"\ndose_multiplier = 1e-30\n\
         [[arms]]\nname = \"later\"\ninfusions = [{ day = 1.25, fraction = 1 }]\n",
    );
    let row = |i: u32| {
        let dose = if i % 5 == 2 { "1e30".to_owned() } else { format!("{}", 5 + i) };
        format!("{},{dose}\n", 100 + 7 * i)
    };
    place.write(
        "t.csv",
        "tumour_burden,dose_effector_ctl\n".to_owned() + &(0..30).map(row).collect::<String>(),
    );
    place
}

#[test]
fn the_day_and_the_arm_of_a_failure_are_told() {
    let place = failing_in_one_arm();
    let said = place.cartrial(&["run", "study.toml"]).well();
    let told = "\n6 of 30 patients failed in some arm; no statistic counts what failed\n  \
                6 step_collapsed (the step size collapsed)\n \
                patient    day  arm    cause\n       \
                2  1.250  later  the step size collapsed\n       \
                7  1.250  later  the step size collapsed\n";
    assert!(said.out.contains(told), "{}", said.out);
    let page = String::from_utf8(place.read("results/x/report.html")).unwrap();
    for text in [
        "6 of 30 patients could not be solved in every arm.",
        "6 in arm later: step_collapsed (the step size collapsed)",
        "<td class=\"\">later</td><td class=\"\">the step size collapsed</td><td class=\"number\">27</td><td class=\"number\">1.250</td>",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn of_many_failures_the_first_are_told_one_by_one() {
    let place = place(1.0);
    place.write("t.csv", "r1\n".to_owned() + &"1e300\n".repeat(1500) + "0.003\n");
    let said = place.cartrial(&["run", "study.toml"]).well();
    let told = "\n1,500 of 1,501 patients failed; no statistic counts what failed\n  \
                1,500 step_collapsed (the step size collapsed)\nThe first 20:\n";
    assert!(said.out.contains(told), "{}", said.out);
    assert_eq!(said.out.matches("  the step size collapsed\n").count(), 20, "{}", said.out);
    let failures = &place.json("results/x/manifest.json")["failures"];
    let ids: Vec<_> =
        failures["first"].as_array().unwrap().iter().map(|row| row["patient_id"].clone()).collect();
    assert_eq!(ids, (0..20).map(Value::from).collect::<Vec<_>>());
}

#[test]
fn a_fixed_step_that_is_too_long_is_refused_on_day_0() {
    let place = Place::with_study(
        "[study]\nname = \"x\"\ndays = 2\n[population]\ntable = \"t.csv\"\n[run]\nmax_failed_fraction = 1\n\
         [solver]\nmethod = \"rk4\"\nstep_hours = 1\n",
    );
    place.write("t.csv", "d2\n1.5\n5\n");
    let said = place.cartrial(&["run", "study.toml"]).well();
    let told = "  1 step_too_long (the fixed step is too long for a stable solve)\n \
                patient  day  cause\n       1    0  the fixed step is too long for a stable solve\n";
    assert!(said.out.contains(told), "{}", said.out);
}

/// Every entry of one of the lists of `summary.json`.
fn entries<'a>(summary: &'a Value, list: &str) -> &'a [Value] {
    summary[list].as_array().unwrap_or_else(|| panic!("{list} is no list"))
}

#[test]
fn every_statistic_rests_on_those_who_were_solved_and_says_on_how_many() {
    let place = failing_in_one_arm();
    let said = place.cartrial(&["run", "study.toml"]).well();
    let summary = place.json("results/x/summary.json");
    let solved = |arm: &Value| if arm == "few" { 30 } else { 24 };
    for entry in entries(&summary, "outcomes") {
        let n =
            if entry["outcome"].as_str().unwrap().starts_with("relapse") { 0 } else { solved(&entry["arm"]) };
        assert_eq!((&entry["n"], &entry["missing"]), (&n.into(), &(30 - n).into()), "{entry}");
        // No outcome of a failed patient counts as 0.
        if n == 24 && entry["outcome"] == "peak_inflammation" {
            assert!(entry["min"].as_f64().unwrap() > 100.0, "{entry}");
        }
    }
    for (list, at_least) in [("regressions", 6), ("spearman", 2)] {
        let estimated = entries(&summary, list).iter().filter(|entry| entry.get("not_estimated").is_none());
        for entry in estimated.clone() {
            assert_eq!(entry["n"], solved(&entry["arm"]), "{list}: {entry}");
        }
        assert!(estimated.clone().count() >= at_least, "{list}: {}", estimated.count());
    }
    let mut compared = 0;
    for entry in entries(&summary, "comparisons") {
        let [few, later] = [0, 1].map(|i| &entry["described"][i]["n"]);
        if entry["n"] == 0 {
            continue;
        }
        compared += 1;
        assert_eq!(
            (&entry["n"], &entry["missing"], few, later),
            (&24.into(), &6.into(), &30.into(), &24.into())
        );
        for of in entry["effects"].as_array().unwrap().iter().chain(entry["tests"].as_array().unwrap()) {
            assert!(of["n"] == 24 || of["n"] == 54, "{of}");
        }
    }
    assert!(compared > 8, "{compared}");
    for power in entries(&summary, "power") {
        assert_eq!(power["drawn_from"], json!([24, 24]), "{power}");
    }
    assert!(said.out.contains("  24 (30, 24)\n"), "{}", said.out);
    assert!(
        said.out.contains("In brackets: the patients on whom the arms' own numbers rest.\n"),
        "{}",
        said.out
    );
    let page = String::from_utf8(place.read("results/x/report.html")).unwrap();
    for text in [
        "24<br><span class=\"unit\">30 and 24</span>",
        "; 24 patients",
        "; n 24",
        "among 24 patients with a value in both arms",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn the_tables_of_one_arm_say_on_how_many_patients_they_rest() {
    let place = place(1.0);
    place.write("t.csv", "tumour_burden,r1\n300,0.003\n200,1e300\n100,0.002\n150,0.003\n350,0.0025\n");
    let said = place.cartrial(&["run", "study.toml"]).well();
    let peak = said.out.lines().find(|line| line.starts_with("  Peak inflammation")).unwrap();
    assert!(peak.ends_with(", 4 patients"), "{peak}");
    let table = said.out.split_once("Peak inflammation on").unwrap().1;
    let burden = table.lines().find(|line| line.trim_start().starts_with("tumour_burden")).unwrap();
    assert_eq!(burden.split_whitespace().nth(1), Some("4"), "{burden}");
}
