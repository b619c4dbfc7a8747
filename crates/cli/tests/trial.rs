//! Studies whose arms differ in treatment: what a run writes of them, and that it can be had again from the dataset.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_dataset::Dataset;
use cartrial_report::study::FIGURES;
use cartrial_runner::Endpoint;
use common::{Place, RANDOMISED, shipped};
use serde_json::Value;
use std::collections::BTreeSet;

const PATIENTS: u64 = 60;
/// Outcomes that are compared, as `summary.json` names them.
const COMPARED: [&str; 14] = [
    "severe_inflammation",
    "remission",
    "relapse",
    "remission_at_end",
    "severe_inflammation_day",
    "remission_day",
    "relapse_day",
    "peak_inflammation",
    "inflammation_auc",
    "days_severe",
    "tumour_nadir",
    "tumour_burden_end",
    "car_t_peak",
    "car_t_persistence",
];

/// The results of a shipped study of few patients, in the directory `here`.
fn run(study: &str) -> Place {
    let place = Place::new();
    let patients = PATIENTS.to_string();
    let said = place.cartrial(&["run", &shipped(study), "--patients", &patients, "--out", "here"]).well();
    assert!(said.out.contains("difference [95 % CI]"), "{}", said.out);
    place
}

fn strings<'a>(values: &'a Value, key: &str) -> Vec<&'a str> {
    let values = values.as_array().into_iter().flatten();
    values.map(|value| value[key].as_str().unwrap_or_default()).collect()
}

fn column(place: &Place, name: &str, arm: usize) -> Vec<f64> {
    let dataset = Dataset::open(&place.path("here")).expect("results");
    let rows = dataset.chunks(&[name]).expect("a column").next().expect("a chunk").expect("rows");
    rows.f64_in_arm(name, arm).expect("numbers").into_owned()
}

#[test]
fn a_rescue_is_given_to_whoever_needs_it_and_compared() {
    let place = run("rescue");
    compares(&place, ["no-rescue", "rescue"]);
    has_twins(&place);
    assert!(column(&place, "rescues", 0).iter().all(|n| *n == 0.0));
    let begun = column(&place, "rescues", 1);
    assert!(begun.contains(&0.0) && begun.iter().any(|n| *n >= 1.0) && begun.iter().all(|n| *n <= 3.0));
    let given = column(&place, "suppressant_given", 1);
    let [without, with] = [0, 1].map(|arm| column(&place, "peak_inflammation", arm));
    for (i, (begun, given)) in begun.iter().zip(given).enumerate() {
        // What began within the last 48 hours has not ended.
        assert!(given <= begun * 48.0 * 200.0 * (1.0 + 1e-9), "{given} of {begun}");
        assert_eq!(given == 0.0, *begun == 0.0);
        assert!(*begun > 0.0 || with[i] == without[i], "{i} is not as without a rescue, and had none");
    }
}

#[test]
fn a_divided_dose_is_the_whole_dose_in_the_end_and_compared() {
    let place = run("fractionated");
    compares(&place, ["single", "fractionated"]);
    has_twins(&place);
    gives_the_whole_dose(&place);
}

#[test]
fn an_infusion_that_waits_for_a_relapse_leaves_its_day_alone() {
    let place = run("relapse");
    let summary = place.json("here/summary.json");
    let of = |endpoint: &str, arm: &str| {
        let mut entries = summary["comparisons"].as_array().into_iter().flatten();
        entries.find(|e| e["endpoint"] == endpoint && e["arm"] == arm).expect("compared")["tests"][0].clone()
    };
    for arm in ["at-relapse", "at-relapse-double"] {
        for endpoint in ["relapse_day", "remission_day"] {
            assert_eq!(of(endpoint, arm)["not_estimated"], "no patient differs", "{endpoint}, {arm}");
        }
    }
    assert!(of("relapse_day", "planned")["p_value"].as_f64().is_some_and(|p| p < 0.01));
    let [one, at] = [0, 2].map(|arm| column(&place, "relapse_day", arm));
    assert!(
        one.iter().zip(&at).any(|(one, at)| one != at && (one - at).abs() < 1e-6),
        "equal to the last bit"
    );
}

#[test]
fn another_product_has_the_same_dose_and_is_compared() {
    let place = run("helper-rich");
    compares(&place, ["ctl-rich", "helper-rich"]);
    has_twins(&place);
    gives_the_whole_dose(&place);
}

/// Every outcome in summary, dictionary, figures and page.
#[track_caller]
fn compares(place: &Place, arms: [&str; 2]) {
    let summary = place.json("here/summary.json");
    assert_eq!(summary["arms"], serde_json::json!(arms));
    assert_eq!(strings(&summary["comparisons"], "endpoint"), COMPARED);
    for entry in summary["comparisons"].as_array().into_iter().flatten() {
        assert_eq!((&entry["reference"], &entry["arm"]), (&arms[0].into(), &arms[1].into()));
        assert_eq!(entry["design"], "paired");
        assert!(entry["tests"].as_array().is_some_and(|tests| !tests.is_empty()), "{entry}");
    }
    let drawn = ["severe_inflammation", "remission", "remission_at_end", "peak_inflammation"];
    assert_eq!(strings(&summary["power"], "endpoint"), drawn);

    let dictionary = place.json("here/dictionary.json");
    for endpoint in Endpoint::ALL {
        let outcomes = summary["outcomes"].as_array().into_iter().flatten();
        let of_endpoint = outcomes.filter(|outcome| outcome["outcome"] == endpoint.name());
        let in_arms: Vec<_> =
            of_endpoint.map(|outcome| outcome["arm"].as_str().unwrap_or_default()).collect();
        assert_eq!(in_arms, arms, "{}", endpoint.name());
        let mut columns = dictionary.as_array().into_iter().flatten();
        let column = columns.find(|column| column["name"] == endpoint.name()).expect("a column");
        assert_eq!((&column["unit"], &column["label"]), (&endpoint.unit().into(), &endpoint.label().into()));
        assert_eq!((&column["origin"], &column["nullable"]), (&"outcome".into(), &true.into()));
    }

    let further = ["change-peak-inflammation", "change-tumour-nadir", "outcomes-arm-2"];
    let figures: BTreeSet<_> = FIGURES.iter().chain(&further).copied().collect();
    let expected: BTreeSet<String> =
        figures.iter().flat_map(|figure| ["svg", "png"].map(|end| format!("{figure}.{end}"))).collect();
    let found = std::fs::read_dir(place.path("here/figures")).expect("figures").flatten();
    let found: BTreeSet<String> = found.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    assert_eq!(found, expected);

    let page = String::from_utf8(place.read("here/report.html")).expect("text");
    for text in ["Arms compared", arms[0], arms[1], "How many patients a randomised trial would need"] {
        assert!(page.contains(text), "{text}");
    }
}

/// Every patient in both arms, with the same parameters and doses.
#[track_caller]
fn has_twins(place: &Place) {
    let manifest = place.json("here/manifest.json");
    assert_eq!((&manifest["patients"], &manifest["rows"]), (&PATIENTS.into(), &(2 * PATIENTS).into()));
    for name in ["d2", "p0", "tumour_burden", "dose_effector_ctl", "dose_total", "lymphocytes"] {
        let [first, second] = [0, 1].map(|arm| column(place, name, arm));
        assert_eq!(first.len() as u64, PATIENTS);
        assert_eq!(first, second, "{name}");
    }
    let [first, second] = [0, 1].map(|arm| column(place, "peak_inflammation", arm));
    assert_ne!(first, second, "nothing was done");
}

#[track_caller]
fn gives_the_whole_dose(place: &Place) {
    let dose = column(place, "dose_total", 0);
    for arm in 0..2 {
        for (dose, given) in dose.iter().zip(column(place, "car_t_given", arm)) {
            assert!((given / dose - 1.0).abs() < 1e-12, "{given} of {dose}");
        }
    }
}

#[test]
fn randomised_patients_are_in_one_arm_in_the_ratio_asked_for() {
    let place = Place::with_study(RANDOMISED);
    place.cartrial(&["run", "study.toml", "--out", "here"]).well();
    let manifest = place.json("here/manifest.json");
    assert_eq!((&manifest["patients"], &manifest["rows"]), (&90.into(), &90.into()));
    let dataset = Dataset::open(&place.path("here")).unwrap();
    let rows = dataset.chunks(&["patient_id", "arm"]).unwrap().next().unwrap().unwrap();
    let arms: Vec<_> = rows.text_column("arm").unwrap().flatten().collect();
    let in_arm = |name: &str| arms.iter().filter(|arm| **arm == name).count();
    assert_eq!([in_arm("control"), in_arm("early rescue")], [60, 30]);
    // In permuted blocks, so that no long stretch is in one arm.
    assert!(arms.chunks(30).all(|part| part.contains(&"control") && part.contains(&"early rescue")));
    let ids = rows.u64_column("patient_id").unwrap();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 90);

    let summary = place.json("here/summary.json");
    for entry in summary["comparisons"].as_array().unwrap() {
        assert_eq!(entry["design"], "independent");
        assert_eq!(entry["described"][0]["arm"], "control");
    }
    assert!(!place.path("here/figures/change-peak-inflammation.svg").exists(), "nobody is in both arms");
}

#[test]
fn statistics_and_page_come_again_from_the_dataset_byte_by_byte() {
    let twins = std::fs::read_to_string(shipped("rescue")).unwrap().replace("1000\ndays", "80\ndays");
    assert!(twins.contains("patients = 80"));
    for study in [RANDOMISED, &twins] {
        let place = Place::with_study(study);
        place.cartrial(&["run", "study.toml", "--out", "here"]).well();
        let before = place.contents();
        for file in ["summary.json", "report.html", "figures/arms.svg", "figures/survival.png"] {
            std::fs::remove_file(place.path(&format!("here/{file}"))).unwrap();
        }
        place.cartrial(&["analyse", "here"]).well();
        place.cartrial(&["report", "here"]).well();
        let after = place.contents();
        assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
        for (path, content) in before {
            assert!(after[&path] == content, "{} differs", path.display());
        }
    }
}

#[test]
fn threads_and_simd_change_no_row_of_treated_patients() {
    let study = "\
[study]
name = \"events\"
seed = 11
patients = 700
days = 60
[[arms]]
name = \"rescue\"
rescue = { above = 150, delay_hours = 1.5, hours = 30, rate = 250, at_most = 2 }
[[arms]]
name = \"again\"
second_infusion = { after_relapse_days = 1, fraction = 0.5 }
suppressant = [{ day = 3, hours = 24, rate = 1e5 }]
";
    let place = Place::with_study(study);
    let mut results = Vec::new();
    for (threads, simd) in [("1", None), ("2", None), ("1", Some("scalar")), ("2", Some("baseline"))] {
        let out = format!("{threads}-{}", simd.unwrap_or("best"));
        place
            .cartrial_with(&["run", "study.toml", "--out", &out, "--threads", threads, "--quiet"], simd)
            .well();
        let hash = place.json(&format!("{out}/manifest.json"))["content_hash"].clone();
        results.push((hash, place.read(&format!("{out}/summary.json"))));
    }
    assert!(results[0].0.is_string());
    for other in &results[1..] {
        assert!(*other == results[0], "{} and {}", other.0, results[0].0);
    }
    std::fs::rename(place.path("1-best"), place.path("here")).unwrap();
    assert!(column(&place, "rescues", 0).contains(&2.0), "nobody was rescued twice");
    let (dose, given) = (column(&place, "dose_total", 1), column(&place, "car_t_given", 1));
    assert!(dose.iter().zip(&given).any(|(dose, given)| given > dose), "nobody had a second infusion");
}
