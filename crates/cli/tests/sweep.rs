//! A study whose arms are a grid: what the page and the summary say of it, in one run and from shards.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::Place;

const STUDY: &str = "\
[study]
name = \"grid\"
seed = 4
patients = 5000
days = 20
[population]
distribution = \"uniform\"
[population.initial]
tumour_burden = { uniform = { low = 1, high = 1000 } }
[endpoints]
severe_inflammation = 200
[[arms]]
name = \"own dose\"
[[arms]]
name = \"grid\"
rescue = { hours = 48, rate = 200 }
sweep = { dose_multiplier = [0.5, 4], rescue.above = [100, 150] }
";

#[test]
fn the_page_says_which_arm_is_best_and_for_whom() {
    let place = Place::with_study(STUDY);
    let said = place.cartrial(&["run", "study.toml"]).well();
    assert!(
        said.out
            .contains("No arm brings more of 5000 patients into remission without severe inflammation than "),
        "{}",
        said.out
    );
    assert!(said.out.contains("\n  tumour burden below "), "{}", said.out);

    let sweep = &place.json("results/grid/summary.json")["sweep"];
    assert_eq!(sweep["arms"][0], serde_json::json!({ "arm": "own dose", "sweep": null, "levels": [] }));
    assert_eq!(
        sweep["arms"][4],
        serde_json::json!({
            "arm": "grid dose_multiplier=4 rescue.above=150",
            "sweep": 0,
            "levels": [{ "key": "dose_multiplier", "value": 4.0 }, { "key": "rescue.above", "value": 150.0 }],
        })
    );
    // The shares are those of the outcomes.
    let outcomes = place.json("results/grid/summary.json")["outcomes"].as_array().unwrap().clone();
    for (number, arm) in sweep["overall"]["arms"].as_array().unwrap().iter().enumerate() {
        let name = &sweep["arms"][number]["arm"];
        for (share, endpoint) in [("risk", "severe_inflammation"), ("benefit", "remission")] {
            let of_outcome = outcomes.iter().find(|o| o["arm"] == *name && o["outcome"] == endpoint).unwrap();
            let [found, mean] =
                [&arm[share]["estimate"], &of_outcome["mean"]].map(|value| value.as_f64().unwrap());
            assert!((found - mean).abs() < 1e-12, "{name} {endpoint}: {found} {mean}");
        }
    }
    let of_groups: u64 = sweep["by_tumour_burden"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["patients"].as_u64().unwrap())
        .sum();
    assert_eq!(of_groups, 5000);

    let page = String::from_utf8(place.read("results/grid/report.html")).unwrap();
    for needed in [
        "Which of 5 arms brings most patients into remission",
        "own dose; 4 arms over dose (0.5, 4 × the patient&#39;s own) and rescue above (100, 150 pg/mL)",
        "4 × the dose, rescue above",
        "Pareto front",
    ] {
        let plain = page.replace("&#39;", "'").replace("&apos;", "'");
        assert!(plain.contains(&needed.replace("&#39;", "'")), "{needed}");
    }
    for figure in ["benefit-risk", "response", "by-tumour-burden", "arms", "outcomes"] {
        assert!(place.path(&format!("results/grid/figures/{figure}.svg")).exists(), "{figure}");
    }
    for figure in ["survival", "outcomes-arm-2", "change-peak-inflammation"] {
        assert!(!place.path(&format!("results/grid/figures/{figure}.svg")).exists(), "{figure}");
    }
}

#[test]
fn shards_and_a_finished_dataset_give_the_same_findings() {
    let place = Place::with_study(STUDY);
    place.cartrial(&["run", "study.toml", "--out", "whole"]).well();
    for shard in ["2/2", "1/2"] {
        place.cartrial(&["run", "study.toml", "--out", "pieces", "--shard", shard]).well();
    }
    place.cartrial(&["merge", "pieces"]).well();
    assert_eq!(place.read("whole/summary.json"), place.read("pieces/summary.json"));
    let before = place.read("whole/summary.json");
    place.cartrial(&["analyse", "whole"]).well();
    assert_eq!(place.read("whole/summary.json"), before);
}

#[test]
fn the_study_in_the_manifest_is_the_study() {
    let place = Place::with_study(&STUDY.replace("5000", "4"));
    place.cartrial(&["run", "study.toml", "--out", "typed"]).well();
    let page = String::from_utf8(place.read("typed/report.html")).unwrap();
    let from = page.find("[study]").unwrap();
    let written = page[from..from + page[from..].find("</pre>").unwrap()].replace("&quot;", "\"");
    place.write("written.toml", written);
    place.cartrial(&["run", "written.toml", "--out", "written"]).well();
    let study = |directory: &str| place.json(&format!("{directory}/manifest.json"))["study"].clone();
    assert_eq!(study("typed"), study("written"));
    assert_eq!(place.read("typed/summary.json"), place.read("written/summary.json"));
}
