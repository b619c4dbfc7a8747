//! `cartrial analyse --by` and `--where`: the statistics of subgroups.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, RANDOMISED, SMALL};
use serde_json::Value;

const TWINS: &str = "\
[study]
name = \"twins\"
seed = 3
patients = 120
days = 20
[[arms]]
name = \"control\"
[[arms]]
name = \"rescue\"
rescue = { above = 150, hours = 48, rate = 200 }
";

/// A tumour burden that differs, for subgroups of it.
const BURDEN: &str = "[population.initial]\ntumour_burden = { uniform = { low = 1, high = 1000 } }\n";

fn ran(study: &str) -> Place {
    let place = Place::with_study(&format!("{study}{BURDEN}"));
    place.run_study();
    place
}

fn outcome<'a>(found: &'a Value, endpoint: &str) -> &'a Value {
    found["outcomes"].as_array().unwrap().iter().find(|o| o["endpoint"] == endpoint).unwrap()
}

/// The effect of that kind in `summary.json`.
fn of_summary<'a>(summary: &'a Value, endpoint: &str, effect: &str) -> &'a Value {
    let entry =
        summary["comparisons"].as_array().unwrap().iter().find(|e| e["endpoint"] == endpoint).unwrap();
    entry["effects"].as_array().unwrap().iter().find(|e| e["effect"] == effect).unwrap()
}

#[test]
fn all_patients_together_have_the_effects_of_the_summary() {
    for study in [TWINS, RANDOMISED] {
        let place = ran(study);
        place.cartrial(&["analyse", "here", "--by", "tumour_burden"]).well();
        let (found, summary) = (place.json("here/subgroups.json"), place.json("here/summary.json"));
        for (endpoint, effect) in [
            ("peak_inflammation", "mean_difference"),
            ("severe_inflammation", "risk_difference"),
            ("remission", "risk_difference"),
        ] {
            let overall = &outcome(&found, endpoint)["overall"];
            let expected = of_summary(&summary, endpoint, effect);
            for key in ["n", "estimate", "ci95", "not_estimated"] {
                assert_eq!(overall[key], expected[key], "{endpoint}");
            }
        }
        let patients = |subgroup: &Value| subgroup["patients"].as_u64().unwrap();
        let sizes: Vec<_> = found["subgroups"].as_array().unwrap().iter().map(patients).collect();
        assert_eq!(sizes.iter().sum::<u64>(), found["patients"].as_u64().unwrap());
        assert!(
            sizes.len() == 3 && sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1,
            "{sizes:?}"
        );
    }
}

/// Rows of the patient table: burden, arm, peak.
fn rows(place: &Place) -> Vec<(f64, String, f64)> {
    place.cartrial(&["export", "here", "--format", "csv", "--layout", "wide", "--out", "csv"]).well();
    let mut reader = csv::Reader::from_path(place.path("csv/patients.csv")).unwrap();
    let heads = reader.headers().unwrap().clone();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let (burden, arm, peak) = (at("tumour_burden"), at("arm"), at("peak_inflammation"));
    let row = |line: csv::StringRecord| {
        (line[burden].parse().unwrap(), line[arm].to_owned(), line[peak].parse().unwrap())
    };
    reader.records().map(|line| row(line.unwrap())).collect()
}

#[test]
fn subgroups_are_those_of_the_cuts_and_their_effects_those_of_their_rows() {
    let place = ran(TWINS);
    let said = place.cartrial(&["analyse", "here", "--by", "tumour_burden:0,300,600"]).well();
    assert!(said.out.contains(" 300 to < 600 cells/µL"), "{}", said.out);
    let found = place.json("here/subgroups.json");
    let subgroups = found["subgroups"].as_array().unwrap();
    assert_eq!(subgroups.len(), 3, "nobody is below 0");
    assert_eq!(subgroups[0]["level"]["range"], serde_json::json!({"from": 0.0, "to": 300.0}));
    let rows = rows(&place);
    for (i, (from, to)) in [(0.0, 300.0), (300.0, 600.0), (600.0, f64::INFINITY)].into_iter().enumerate() {
        let peaks = |of: &str| -> Vec<f64> {
            rows.iter().filter(|(b, arm, _)| (from..to).contains(b) && arm == of).map(|row| row.2).collect()
        };
        let (control, rescue) = (peaks("control"), peaks("rescue"));
        let n = control.len() as f64;
        let difference = rescue.iter().zip(&control).map(|(r, c)| r - c).sum::<f64>() / n;
        assert!(n > 0.0 && subgroups[i]["patients"] == control.len());
        let estimate = &outcome(&found, "peak_inflammation")["subgroups"][i];
        // Differences within the solver's accuracy count as none.
        assert!(
            (estimate["estimate"].as_f64().unwrap() - difference).abs() < 1e-3,
            "{estimate} {difference}"
        );
    }
    let test = &outcome(&found, "peak_inflammation")["heterogeneity"];
    assert_eq!((&test["subgroups"], &test["df"]), (&Value::from(3), &Value::from(2.0)));
    let page = String::from_utf8(place.read("here/subgroups.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("Subgroups are exploratory"));
}

#[test]
fn one_arm_has_means_and_shares_by_flags_and_texts() {
    let study = "[study]\nname = \"x\"\ndays = 5\n[population]\ntable = \"t.csv\"\ncarry = [\"site\"]\n";
    let place = Place::with_study(study);
    place.write("t.csv", "tumour_burden,site\n100,Bern\n200,Basel\n300,Bern\n400,\n500,Basel\n");
    place.run_study();
    let before = place.read("here/summary.json");
    let said = place.cartrial(&["analyse", "here", "--by", "site"]).well();
    assert!(said.out.contains("In no subgroup, since the column has no value: 1 patient\n"), "{}", said.out);
    let found = place.json("here/subgroups.json");
    assert_eq!(found["subgroups"][0], serde_json::json!({"level": {"text": "Bern"}, "patients": 2}));
    assert_eq!(outcome(&found, "peak_inflammation")["measure"], "mean");
    assert_eq!(outcome(&found, "remission")["measure"], "risk");
    let summary = place.json("here/summary.json");
    let of_summary =
        summary["outcomes"].as_array().unwrap().iter().find(|o| o["outcome"] == "peak_inflammation");
    assert_eq!(outcome(&found, "peak_inflammation")["overall"]["estimate"], of_summary.unwrap()["mean"]);
    place.cartrial(&["analyse", "here", "--by", "remission"]).well();
    assert!(place.read("here/summary.json") == before, "the study's own statistics stay");
}

#[test]
fn bad_subgroups_are_refused() {
    let place = ran(TWINS);
    let refuses = |by: &str, message: &str| {
        place.refuses(&["analyse", "here", "--by", by], 2, &format!("error: {message}"));
    };
    refuses("tumor_burden", "column \"tumor_burden\": no such column. Did you mean \"tumour_burden\"?");
    refuses("arm", "--by: arm forms no subgroups. Name a quantity or a flag.");
    refuses("patient_id", "--by: patient_id forms no subgroups. Name a quantity or a flag.");
    refuses(
        "remission",
        "--by: remission is not known before treatment, and twins would be parted where it holds in one arm and not in the \
         other. Choose by quantities of the patients, such as tumour_burden or dose_total.",
    );
    refuses(
        "tumour_burden:5,1",
        "invalid value 'tumour_burden:5,1' for '--by <COLUMN[:CUTS]>': expected COLUMN, or COLUMN:CUT,CUT,… with rising \
         numbers\n\nFor more information, try '--help'.",
    );
    let randomised = ran(RANDOMISED);
    randomised.refuses(
        &["analyse", "here", "--by", "steps"],
        2,
        "error: --by: steps is not known before treatment, and groups chosen by what comes after randomisation are not \
         comparable. Choose by quantities of the patients, such as tumour_burden or dose_total.",
    );
    let one = ran(SMALL);
    one.refuses(
        &["analyse", "here", "--by", "status:1"],
        2,
        "error: --by: status holds no numbers that could be cut. Leave the cuts out.",
    );
    let none = ran(&format!("{SMALL}[run]\nstore = \"outcomes\"\n"));
    none.refuses(
        &["analyse", "here", "--by", "tumour_burden"],
        2,
        "error: here: not all rows and columns are stored. Run the study again with store = \"all\" under [run].",
    );
}

#[cfg(feature = "query")]
#[test]
fn a_condition_takes_the_patients_that_satisfy_it() {
    let place = ran(TWINS);
    let condition = "tumour_burden >= 300 AND tumour_burden < 600";
    place.cartrial(&["analyse", "here", "--where", condition]).well();
    let chosen = place.json("here/subgroups.json");
    place.cartrial(&["analyse", "here", "--by", "tumour_burden:300,600"]).well();
    let cut = place.json("here/subgroups.json");
    assert_eq!(chosen["patients"], cut["subgroups"][1]["patients"]);
    for endpoint in ["peak_inflammation", "severe_inflammation", "remission"] {
        assert_eq!(
            outcome(&chosen, endpoint)["overall"],
            outcome(&cut, endpoint)["subgroups"][1],
            "{endpoint}"
        );
    }
    // The statistics of the condition are those of the subgroup, by the same path as the summary's.
    let of_statistics = of_summary(&chosen["statistics"], "peak_inflammation", "mean_difference");
    assert_eq!(of_statistics["estimate"], outcome(&chosen, "peak_inflammation")["overall"]["estimate"]);
    // What all patients satisfy changes nothing.
    place.cartrial(&["analyse", "here", "--where", "patient_id >= 0"]).well();
    assert_eq!(place.json("here/subgroups.json")["statistics"], place.json("here/summary.json"));
}

#[cfg(feature = "query")]
#[test]
fn bad_conditions_are_refused() {
    let place = ran(TWINS);
    let refuses = |condition: &str, message: &str| {
        place.refuses(&["analyse", "here", "--where", condition], 2, &format!("error: {message}"));
    };
    refuses("tumour_burden > 100000", "--where: no patient satisfies the condition. Choose another.");
    refuses(
        "tumour_burden",
        "condition: is of type f64, not true or false. Compare with something, as in: tumour_burden > 500.",
    );
    refuses(
        "tumor_burden > 5",
        "condition:1:1: \"tumor_burden\" is no column. Did you mean \"tumour_burden\", \"tumour_burden_end\" or \"tumour_nadir\"?",
    );
    refuses(
        "tumour_burden > 5 tumour",
        "condition:1:19: does not go on with tumour. Join conditions with AND or OR.",
    );
    refuses(
        "peak_inflammation > 300",
        "--where: peak_inflammation is not known before treatment, and twins would be parted where it holds in one arm and not \
         in the other. Choose by quantities of the patients, such as tumour_burden or dose_total.",
    );
}

#[cfg(not(feature = "query"))]
#[test]
fn a_condition_needs_a_build_with_polars() {
    let place = ran(SMALL);
    let message = "error: this build cannot query: it has no polars. Build it with `cargo build --release --features query`.";
    place.refuses(&["analyse", "here", "--where", "tumour_burden > 1"], 2, message);
    place.refuses(&["export", "here", "--format", "csv", "--where", "tumour_burden > 1"], 2, message);
}
