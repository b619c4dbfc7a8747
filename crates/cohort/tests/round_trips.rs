//! A study is the same after it was written and read back.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod random_study;

use cartrial_cohort::{Cohort, Population, Study};
use proptest::prelude::*;
use random_study::{drawn_study, table_study};
use std::path::Path;

fn through_json(study: &Study) -> Study {
    serde_json::from_str(&serde_json::to_string(study).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_a_drawn_study_comes_back_from_json(study in drawn_study()) {
        prop_assert_eq!(through_json(&study), study);
    }

    #[test]
    fn prop_a_study_of_a_table_comes_back_from_json_without_the_table(
        study in table_study("gone/\"é\".csv", &["site", "age"], 12, "ee41"),
    ) {
        prop_assert_eq!(through_json(&study), study);
    }

    #[test]
    fn prop_the_order_of_keys_in_json_has_no_meaning(study in drawn_study()) {
        let sorted: serde_json::Value = serde_json::to_value(&study).unwrap();
        prop_assert_eq!(serde_json::from_value::<Study>(sorted).unwrap(), study);
    }
}

#[test]
fn prop_a_study_read_back_runs_once_it_is_told_where_its_table_lies() {
    let room = tempfile::tempdir().unwrap();
    std::fs::write(room.path().join("p.csv"), "d2,site\n1,a\n2,b\n").unwrap();
    let text = "[study]\nname = \"x\"\n[population]\ntable = \"p.csv\"\ncarry = [\"site\"]\n";
    let study = Study::parse(text, &room.path().join("x.toml")).unwrap();
    let mut back = through_json(&study);
    assert_eq!(back, study);
    let Population::Table(source) = &mut back.population else { panic!("a table") };
    assert_eq!(source.file(), Path::new("p.csv"));
    source.directory = room.path().to_owned();
    let (cohort, again) = (Cohort::new(&study).unwrap(), Cohort::new(&back).unwrap());
    assert_eq!(again.draw(0..9), cohort.draw(0..9));
    assert_eq!(again.carried(), cohort.carried());
}

#[test]
fn prop_json_with_an_unknown_or_a_missing_quantity_is_refused() {
    let text = "[study]\nname = \"x\"\npatients = 1\n";
    let study = serde_json::to_value(Study::parse(text, Path::new("x.toml")).unwrap()).unwrap();
    let refusal = |edit: &dyn Fn(&mut serde_json::Map<String, serde_json::Value>)| {
        let mut study = study.clone();
        edit(study["population"]["drawn"]["parameters"].as_object_mut().unwrap());
        serde_json::from_value::<Study>(study).unwrap_err().to_string()
    };
    let refused = refusal(&|parameters| drop(parameters.remove("d2")));
    assert!(refused.contains("missing field `d2`"), "{refused}");
    let refused = refusal(&|parameters| drop(parameters.insert("r9".into(), parameters["r1"].clone())));
    assert!(refused.contains("unknown quantity \"r9\""), "{refused}");
}
