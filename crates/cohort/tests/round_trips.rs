//! A study is the same after it was written and read back.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod random_study;

use cartrial_cohort::{Cohort, Population, Study};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
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
    fn prop_a_drawn_study_comes_back_from_a_study_file(study in drawn_study()) {
        let text = study.to_toml();
        let back = Study::parse(&text, Path::new("x.toml"));
        prop_assert_eq!(back.as_ref(), Ok(&study), "{}", text);
    }

    #[test]
    fn prop_the_order_of_keys_in_json_has_no_meaning(study in drawn_study()) {
        let sorted: serde_json::Value = serde_json::to_value(&study).unwrap();
        prop_assert_eq!(serde_json::from_value::<Study>(sorted).unwrap(), study);
    }
}

#[test]
fn prop_a_study_of_a_table_comes_back_from_a_study_file() {
    let room = tempfile::tempdir().unwrap();
    std::fs::write(room.path().join("a \"b\" é.csv"), "d2,site\n1,a\n2,b\n3,c\n").unwrap();
    let text = "[study]\nname = \"x\"\n[population]\ntable = 'a \"b\" é.csv'\ncarry = [\"site\"]\n";
    let Population::Table(source) = Study::parse(text, &room.path().join("x.toml")).unwrap().population
    else {
        panic!("a table")
    };
    let studies = table_study(&source.path, &["site"], source.rows, &source.sha256);
    let written = TestRunner::default().run(&studies, |study| {
        let back = Study::parse(&study.to_toml(), &room.path().join("y.toml"));
        prop_assert_eq!(back, Ok(study));
        Ok(())
    });
    written.unwrap();
}

#[test]
fn regress_the_study_file_of_a_study() {
    let text = "[study]\nname = \"x\"\npatients = 7\nallocation = \"randomised\"\n\
        [solver]\nmethod = \"rk4\"\nstep_hours = 0.5\n[population]\ndistribution = \"fixed\"\n\
        [population.parameters]\nd1 = { normal = { mean = 2e-5, sd = 0 } }\n\
        [[arms]]\nname = \"a\"\nratio = 2\n[[arms]]\nname = \"b\"\n\
        infusions = [{ day = 1, fraction = 0.25 }, { day = 0, fraction = 0.75 }]\n\
        rescue = { above = 300, hours = 48, rate = 200 }\n";
    let written = Study::parse(text, Path::new("x.toml")).unwrap().to_toml();
    let head = "[study]\nname = \"x\"\nseed = 0\npatients = 7\ndays = 30\nallocation = \"randomised\"\n\n\
        [model]\nreading = \"curated\"\ngrowth = \"logistic\"\n\n\
        [population]\ncorrection = \"resample\"\nsampling = \"random\"\n\n\
        [population.parameters]\nn = { fixed = 6 }\nr1 = { fixed = 0.003 }\n";
    assert!(written.starts_with(head), "{written}");
    assert!(written.contains("\nd1 = { normal = { mean = 2e-5, sd = 0 } }\n"), "{written}");
    let tail = "lymphocytes = { fixed = 1600 }\n\n\
        [solver]\nmethod = \"rk4\"\nrtol = 1e-6\nstep_hours = 0.5\n\n\
        [endpoints]\nsevere_inflammation = 400\nremission_fraction = 0.05\nremission_count = 0\n\
        relapse_fraction = 0.1\nrelapse_count = 0\ncar_t_detection = 1.6\n\n\
        [run]\nmax_failed_fraction = 0\npart_patients = 262144\nstore = \"all\"\nsample_patients = 100000\n\n\
        [trajectories]\npatients = 0\nevery_hours = 6\n\n\
        [[arms]]\nname = \"a\"\nratio = 2\ndose_multiplier = 1\ninfusions = [{ day = 0, fraction = 1 }]\n\n\
        [[arms]]\nname = \"b\"\nratio = 1\ndose_multiplier = 1\n\
        infusions = [{ day = 0, fraction = 0.75 }, { day = 1, fraction = 0.25 }]\n\
        rescue = { above = 300, delay_hours = 0, hours = 48, rate = 200, at_most = 1 }\n";
    assert!(written.ends_with(tail), "{written}");
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
