//! What `run`, `check`, `patient` and `schema` say about the arms of a study.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, RANDOMISED, shipped};
use serde_json::Value;

/// A study of so many arms, each with a longer name and a greater dose than the one before.
fn many(arms: usize) -> Place {
    let mut study = "[study]\nname = \"many\"\npatients = 20\ndays = 5\n".to_owned();
    for i in 1..=arms {
        let name = "multiplied ".repeat(i);
        study += &format!("[[arms]]\nname = \"dose {name}by {i}\"\ndose_multiplier = {i}\n");
    }
    Place::with_study(&study)
}

#[test]
fn the_table_states_what_the_summary_says_of_each_outcome() {
    let place = Place::new();
    let said = place.cartrial(&["run", &shipped("rescue"), "--patients", "200", "--out", "here"]).well();
    let (_, table) = said.out.split_once("\n\n").unwrap();
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with(" Outcome  ") && lines[0].ends_with(" twins"), "{}", lines[0]);
    let beginnings = [
        " Severe inflammation (%) ",
        " Remission (%) ",
        " Relapse after remission (%) ",
        " In remission at the end (%) ",
        " Days until severe inflammation ",
        " Days until remission ",
        " Days until relapse after remission ",
        " Peak inflammation (pg/mL) ",
        " Area under the inflammation curve (pg·day/mL) ",
        " Time with severe inflammation (days) ",
        " Tumour nadir (cells/µL) ",
        " Tumour burden at the end (cells/µL) ",
        " Peak of CAR T cells in all (cells/µL) ",
        " Time with detectable CAR T cells (days) ",
    ];
    for (line, beginning) in lines[1..].iter().zip(beginnings) {
        assert!(line.starts_with(beginning), "{line}");
        assert_eq!(line.chars().count(), lines[0].chars().count(), "{line}");
    }
    let summary = place.json("here/summary.json");
    let of_severe = &summary["comparisons"][0];
    let [without, with] = [0, 1].map(|i| 100.0 * of_severe["described"][i]["risk"].as_f64().unwrap());
    let difference = 100.0 * of_severe["effects"][0]["estimate"].as_f64().unwrap();
    let words: Vec<_> = lines[1].split_whitespace().skip(3).collect();
    let shown = |word: &str| word.replace('−', "-").parse::<f64>().unwrap();
    for (word, value) in words.iter().zip([without, with, difference]) {
        assert!((shown(word) - value).abs() <= 5e-3 * value.abs(), "{word}, {value}");
    }
    assert_eq!(words.last(), Some(&"200"));
    for text in [
        "\nNumbers: mean. %: share of the patients, difference in percentage points. Days until: mean up to day 30.\n\
         Relapse: of patients who came into remission; differences, of those in remission in both arms.\n\
         p: paired t-test, McNemar's exact test of the same patients in both arms.\n\
         Intervals and p are of each comparison alone; p, Holm: adjusted by Holm's method for 14 tests.\n",
        "\nRescues in rescue: 0.",
        "\nRegressions in every arm: summary.json and report.html\n",
    ] {
        assert!(said.out.contains(text), "{text}: {}", said.out);
    }
}

#[test]
fn randomised_patients_are_told_to_be_no_twins() {
    let place = Place::with_study(RANDOMISED);
    let said = place.cartrial(&["run", "study.toml"]).well();
    assert!(said.out.contains("p, Holm     patients\n"), "{}", said.out);
    assert!(said.out.contains("  90 (60, 30)\n"), "{}", said.out);
    let tests = "p: Welch's t-test, Fisher's exact test, log-rank test.\nIntervals and p are of each comparison alone; p, \
                 Holm: adjusted by Holm's method for 14 tests.\n";
    assert!(said.out.contains(tests), "{}", said.out);
    assert!(!said.out.contains("twins") && !said.out.contains("both arms"), "{}", said.out);
}

#[test]
fn long_names_stand_above_the_table_and_not_in_it() {
    let said = many(4).cartrial(&["run", "study.toml"]).well();
    let (_, first) = said.out.split_once("\n\n").unwrap();
    let lines: Vec<_> = first.lines().take(3).collect();
    assert_eq!(lines[0], "arm: dose multiplied multiplied by 2");
    assert_eq!(lines[1], "reference: dose multiplied by 1");
    let headings: Vec<_> = lines[2].split_whitespace().take(4).collect();
    assert_eq!(headings, ["Outcome", "reference", "arm", "difference"]);
    assert_eq!(said.out.matches(" Outcome ").count(), 3);
    assert!(said.out.lines().all(|line| line.chars().count() <= 120), "{}", said.out);
}

#[test]
fn many_arms_are_one_table_with_an_arm_in_each_line() {
    let place = many(12);
    let said = place.cartrial(&["run", "study.toml"]).well();
    assert_eq!(said.out.matches(" Arm ").count(), 1);
    let arms: Vec<_> = said.out.lines().filter(|line| line.contains(" dose multiplied ")).collect();
    assert_eq!(arms.len(), 12);
    assert!(arms[0].starts_with("   1 dose multiplied by 1  "), "{}", arms[0]);
    assert_eq!(arms[0].split_whitespace().nth(5), Some("20"), "the patients: {}", arms[0]);
    assert!(arms[11].starts_with("  12 dose multiplied multiplied mult…"), "{}", arms[11]);
    assert!(said.out.lines().all(|line| line.chars().count() <= 140), "{}", said.out);
    assert!(!said.out.contains("Days until"), "{}", said.out);
    let endpoints = place.json("results/many/summary.json")["comparisons"].as_array().unwrap().len();
    assert_eq!(endpoints, 11 * 14);
}

#[test]
fn analyse_ends_with_the_comparison_that_run_printed() {
    let place = Place::with_study(RANDOMISED);
    let ran = place.cartrial(&["run", "study.toml", "--out", "here"]).well().out;
    let said = place.cartrial(&["analyse", "here"]).well().out;
    let (_, comparison) = ran.split_once("\n\n").unwrap();
    let (comparison, _) = comparison.split_once("\nRescues in ").unwrap();
    assert!(
        said.ends_with(&format!("\n\n{comparison}\n\nStatistics written to here/summary.json\n")),
        "{said}"
    );
    assert!(!said.contains("\n\n\n"), "{said}");
}

#[test]
fn check_names_the_arms_and_how_patients_come_to_them() {
    let place = Place::with_study(RANDOMISED);
    let said = place.cartrial(&["check", "study.toml"]).well().out;
    assert!(said.contains("\n  arms      control, early rescue; randomised 2:1\n"), "{said}");
    assert!(said.contains("\n  results   90 rows of "), "{said}");
    let said = place.cartrial(&["check", &shipped("rescue")]).well().out;
    assert!(said.contains("\n  arms      no-rescue, rescue; every patient in each\n"), "{said}");
    assert!(said.contains("\n  results   2,000 rows of "), "{said}");
    let said = many(12).cartrial(&["check", "study.toml"]).well().out;
    assert!(said.contains("\n            dose multiplied multiplied by 2\n"), "{said}");
}

#[test]
fn the_standard_patient_goes_through_every_arm() {
    let place = Place::with_study(RANDOMISED);
    let said = place.cartrial(&["patient", "study.toml", "--out", "course"]).well().out;
    let (control, rescue) = said.split_once("\n\nArm early rescue\n").unwrap();
    assert!(control.starts_with("Arm control\nPeak inflammation   167.8896 pg/mL"), "{control}");
    assert!(rescue.starts_with("Peak inflammation   170.1875 pg/mL"), "{rescue}");
    assert!(rescue.contains("\nRescues begun              1 of at most 1\n"), "{rescue}");
    let files = "\nCourse: course/trajectory.csv\nFigure: course/trajectory.png\nFigure: \
                 course/trajectory-arm-2.png\n";
    assert!(rescue.ends_with(files), "{rescue}");
    for figure in ["trajectory", "trajectory-arm-2"] {
        assert!(place.read(&format!("course/{figure}.svg")).starts_with(b"<svg"));
        assert_eq!(place.read(&format!("course/{figure}.png"))[1..4], *b"PNG");
    }
    let csv = String::from_utf8(place.read("course/trajectory.csv")).unwrap();
    assert!(csv.starts_with("arm,day,tumour_burden,inflammation,"), "{csv}");
    let rows_of = |arm: &str| csv.lines().filter(|line| line.starts_with(&format!("{arm},"))).count();
    assert_eq!([rows_of("control"), rows_of("early rescue")], [20 * 24 + 1; 2]);
}

#[test]
fn the_schema_has_every_key_of_an_arm() {
    let said = Place::new().cartrial(&["schema"]).well().out;
    let schema: Value = serde_json::from_str(&said).unwrap();
    let arm = &schema["properties"]["arms"]["items"]["properties"];
    let keys = [
        "name",
        "ratio",
        "dose_multiplier",
        "composition",
        "infusions",
        "second_infusion",
        "suppressant",
        "rescue",
        "lymphodepletion",
        "bridging",
        "sweep",
    ];
    for key in keys {
        assert!(arm[key]["description"].is_string(), "{key}");
    }
    assert_eq!(arm.as_object().unwrap().len(), keys.len());
    let allocation = &schema["properties"]["study"]["properties"]["allocation"];
    assert_eq!(allocation["enum"], serde_json::json!(["twins", "randomised"]));
}
