//! Trials at the edge: nobody to compare, twins that do not differ, patients that are all alike, a drug that takes all
//! inflammation; and no number anywhere that is none.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_dataset::Dataset;
use common::{Place, Said};
use serde_json::Value;

const ARMS: &str = "[[arms]]\nname = \"a\"\n[[arms]]\nname = \"b\"\n";

/// Runs a study of so many patients; nothing that it writes has a number that is none.
#[track_caller]
fn run(patients: u64, lines: &str) -> (Place, Said) {
    let place =
        Place::with_study(&format!("[study]\nname = \"edge\"\nseed = 5\npatients = {patients}\n{lines}"));
    let said = place.cartrial(&["run", "study.toml", "--out", "here"]).well();
    for (path, content) in place.contents() {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        // The dictionary has no figures, but explains how a solve can end.
        if ["json", "html", "svg"].contains(&extension) && !path.ends_with("dictionary.json") {
            let text = String::from_utf8(content).expect("text");
            assert_eq!(no_number(&text), None, "{}", path.display());
        }
    }
    assert_eq!(no_number(&said.out), None);
    (place, said)
}

/// The surroundings of a NaN or an infinity in a text.
fn no_number(text: &str) -> Option<&str> {
    let begins_a_word = |at: usize| !text[..at].ends_with(|c: char| c.is_alphanumeric());
    let is_word = |at: usize, word: &str| {
        begins_a_word(at) && !text[at + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-')
    };
    ["NaN", "nan", "inf", "Infinity", "undefined"].into_iter().find_map(|word| {
        let (at, _) = text.match_indices(word).find(|(at, _)| is_word(*at, word))?;
        let line = &text[text[..at].rfind('\n').map_or(0, |i| i + 1)..];
        line.lines().next()
    })
}

fn entry<'a>(summary: &'a Value, endpoint: &str) -> &'a Value {
    let mut entries = summary["comparisons"].as_array().into_iter().flatten();
    entries.find(|entry| entry["endpoint"] == endpoint).expect("a comparison")
}

fn column(place: &Place, name: &str, arm: usize) -> Vec<f64> {
    let dataset = Dataset::open(&place.path("here")).expect("results");
    let rows = dataset.chunks(&[name]).expect("a column").next().expect("a chunk").expect("rows");
    rows.f64_in_arm(name, arm).expect("numbers").into_owned()
}

#[test]
fn numbers_that_are_none_are_found_and_words_are_not() {
    assert_eq!(no_number("x\n\"p\": NaN,\ny"), Some("\"p\": NaN,"));
    assert_eq!(no_number("M 0,-inf"), Some("M 0,-inf"));
    assert_eq!(no_number("inflammation, nanogram, info, undefined-behaviour"), None);
}

#[test]
fn one_patient_has_no_spread_and_the_summary_says_so() {
    let (place, said) = run(1, ARMS);
    assert!(said.out.starts_with("edge: 1 patient, 30 days, seed 5\n"), "{}", said.out);
    let summary = place.json("here/summary.json");
    let peak = entry(&summary, "peak_inflammation");
    assert_eq!(peak["n"], 1);
    for statistic in [&peak["effects"][0], &peak["tests"][0]] {
        assert!(statistic["not_estimated"].is_string(), "{statistic}");
        assert!(statistic["p_value"].is_null() && statistic["estimate"].is_null(), "{statistic}");
    }
    assert!(place.path("here/report.html").exists());
}

#[test]
fn identical_arms_differ_in_nothing_and_nothing_is_made_of_it() {
    for patients in [2, 40] {
        let (place, said) = run(patients, ARMS);
        let summary = place.json("here/summary.json");
        for endpoint in ["peak_inflammation", "remission_day", "tumour_nadir"] {
            let test = &entry(&summary, endpoint)["tests"][0];
            assert!(test["not_estimated"].is_string(), "{endpoint}: {test}");
        }
        let risk = &entry(&summary, "remission")["effects"][0];
        assert_eq!((&risk["effect"], &risk["estimate"]), (&"risk_difference".into(), &0.0.into()));
        for (arm, (a, b)) in
            column(&place, "car_t_peak", 0).iter().zip(column(&place, "car_t_peak", 1)).enumerate()
        {
            assert_eq!(a.to_bits(), b.to_bits(), "patient {arm}");
        }
        let line = said.out.lines().find(|line| line.contains("Days until remission")).unwrap();
        assert!(line.contains("  0, no patient differs  ") && line.matches('–').count() == 2, "{line}");
    }
}

#[test]
fn an_arm_that_nobody_is_in_has_no_values() {
    let (place, said) = run(1, &format!("allocation = \"randomised\"\n{ARMS}"));
    let summary = place.json("here/summary.json");
    let described = &entry(&summary, "peak_inflammation")["described"];
    let empty = described.as_array().unwrap().iter().find(|arm| arm["n"] == 0).unwrap();
    assert!(empty["not_estimated"].is_string() && empty["mean"].is_null(), "{empty}");
    assert!(said.out.contains("–: not estimated; summary.json says why.\n"), "{}", said.out);
}

#[test]
fn patients_who_are_all_alike_are_compared_as_far_as_they_can_be() {
    let population = "[population]\ndistribution = \"fixed\"\n";
    let (place, _) = run(12, &format!("{population}{ARMS}dose_multiplier = 3\n"));
    let [one, three] = [0, 1].map(|arm| column(&place, "peak_inflammation", arm));
    assert!(one.iter().all(|peak| *peak == one[0]) && three.iter().all(|peak| *peak == three[0]));
    assert_ne!(one[0], three[0]);
    let summary = place.json("here/summary.json");
    assert!(entry(&summary, "peak_inflammation")["tests"][0]["not_estimated"].is_string());
    assert!(place.path("here/figures/arms.png").exists());
}

#[test]
fn a_drug_that_takes_all_inflammation_holds_it_at_zero() {
    let (place, _) =
        run(20, &format!("days = 10\n{ARMS}suppressant = [{{ day = 1, hours = 1000, rate = 1e7 }}]\n"));
    assert!(column(&place, "inflammation_end", 1).iter().all(|end| *end == 0.0));
    assert!(column(&place, "inflammation_end", 0).iter().all(|end| *end > 0.0));
    // Ten days less the first, in hours, at that rate.
    let given = column(&place, "suppressant_given", 1);
    assert!(given.iter().all(|given| (given / (9.0 * 24.0 * 1e7) - 1.0).abs() < 1e-9), "{given:?}");
    for (without, with) in
        column(&place, "inflammation_auc", 0).iter().zip(column(&place, "inflammation_auc", 1))
    {
        assert!(with > 0.0 && with < *without, "{with} with, {without} without");
    }
}

#[test]
fn one_treated_arm_is_a_study_without_a_comparison() {
    let arm = "[[arms]]\nname = \"rescue\"\nrescue = { above = 150, hours = 48, rate = 200 }\n";
    let (place, said) = run(30, arm);
    let summary = place.json("here/summary.json");
    assert!(summary.get("comparisons").is_none() && summary.get("power").is_none());
    assert_eq!(summary["arms"], serde_json::json!(["rescue"]));
    assert!(column(&place, "rescues", 0).contains(&1.0));
    for line in ["  Severe inflammation          ", "\nRescues in rescue: ", " Peak inflammation on "] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
    assert!(!place.path("here/figures/survival.svg").exists());
    let page = String::from_utf8(place.read("here/report.html")).unwrap();
    assert!(!page.contains("Arms compared"));
}
