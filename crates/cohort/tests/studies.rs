//! The shipped study files, the schema, overrides, and files that cannot be read.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use cartrial_cohort::{
    Allocation, Cohort, Distribution, EndpointThresholds, Method, Overrides, Population, Study, Truncation,
    schema,
};
use cartrial_model::{Growth, Quantity, Reading, SecondInfusion, Treatment, When};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

fn shipped() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cohorts");
    let files = std::fs::read_dir(dir).unwrap().map(|f| f.unwrap().path());
    let mut files: Vec<_> = files.filter(|f| f.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

fn ship(name: &str) -> Study {
    let file = shipped().into_iter().find(|f| f.file_stem().unwrap() == name).expect(name);
    Study::read(&file).unwrap()
}

fn drawn(study: &Study, quantity: Quantity) -> Distribution {
    let Population::Drawn(population) = &study.population else { panic!("drawn") };
    population.distribution(quantity)
}

#[test]
fn prop_every_shipped_study_is_valid_and_bears_its_file_name() {
    for file in shipped() {
        let study = Study::read(&file).unwrap();
        assert_eq!(study.name, file.file_stem().unwrap().to_str().unwrap());
    }
    assert!(shipped().len() >= 3);
}

#[test]
fn prop_the_paper_s_populations_are_as_the_paper_says() {
    let (uniform, normal, million) = (ship("hanson2016-uniform"), ship("hanson2016-normal"), ship("million"));
    assert_eq!((uniform.patients, uniform.days, uniform.seed), (200, 30.0, 20160424));
    assert_eq!((normal.patients, million.patients), (200, 1_000_000));
    assert_eq!((uniform.model.reading, uniform.model.growth), (Reading::Curated, Growth::Logistic));
    assert_eq!(uniform.arms.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["car-t"]);
    assert_eq!(uniform.solver.method, Method::Rodas5P);
    for study in [&uniform, &normal, &million] {
        assert_eq!(drawn(study, Quantity::N), Distribution::Fixed(6.0));
        assert_eq!(drawn(study, Quantity::TumourBurden), Distribution::Uniform { low: 1.0, high: 1000.0 });
        assert_eq!(drawn(study, Quantity::Inflammation), Distribution::Fixed(140.0));
        for dose in Quantity::DOSES {
            assert_eq!(drawn(study, dose), Distribution::Uniform { low: 1.0, high: 30.0 });
        }
    }
    assert_eq!(drawn(&uniform, Quantity::D2), Distribution::Uniform { low: 1.125, high: 1.875 });
    assert_eq!(drawn(&uniform, Quantity::Lymphocytes), Distribution::Uniform { low: 1200.0, high: 2000.0 });
    assert_eq!(
        drawn(&normal, Quantity::D2),
        Distribution::Normal { mean: 1.5, sd: 0.375, truncation: Truncation::NONE }
    );
    let first = Cohort::new(&uniform).unwrap().draw(0..200);
    assert_eq!(first, Cohort::new(&million).unwrap().draw(0..200));
}

#[test]
fn prop_the_shipped_comparisons_differ_in_nothing_but_their_arms() {
    let paper = ship("hanson2016-uniform");
    for (name, arms) in [
        ("rescue", ["no-rescue", "rescue"]),
        ("fractionated", ["single", "fractionated"]),
        ("helper-rich", ["ctl-rich", "helper-rich"]),
    ] {
        let study = ship(name);
        assert_eq!(study.arms.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), arms);
        assert_eq!((study.patients, study.days, study.allocation), (1000, 30.0, Allocation::Twins));
        assert_eq!((&study.population, study.seed), (&paper.population, paper.seed));
        assert_eq!((study.model, study.endpoints), (paper.model, EndpointThresholds::default()));
        assert_ne!(study.arms[0].treatment, study.arms[1].treatment);
    }
}

#[test]
fn prop_the_arms_of_relapse_differ_in_their_second_infusion_alone() {
    let (study, paper) = (ship("relapse"), ship("hanson2016-uniform"));
    assert_eq!((study.patients, study.days, study.allocation), (1000, 730.0, Allocation::Twins));
    assert_eq!(study.solver.method, Method::Rodas5P);
    assert_eq!((study.seed, study.model, study.endpoints), (paper.seed, paper.model, paper.endpoints));
    for q in Quantity::ALL {
        let expected = match drawn(&paper, q) {
            Distribution::Uniform { low, high } if Quantity::DOSES.contains(&q) => {
                Distribution::Uniform { low: 2.0 * low, high: 2.0 * high }
            }
            as_in_the_paper => as_in_the_paper,
        };
        assert_eq!(drawn(&study, q), expected, "{q}");
    }
    let second = |when, fraction| Some(SecondInfusion { when, fraction });
    let arms = [
        ("one-infusion", None),
        ("planned", second(When::Day(60.0), 1.0)),
        ("at-relapse", second(When::AfterRelapse(14.0), 1.0)),
        ("at-relapse-double", second(When::AfterRelapse(14.0), 2.0)),
    ];
    assert_eq!(study.arms.len(), arms.len());
    for (arm, (name, second_infusion)) in study.arms.iter().zip(arms) {
        assert_eq!(arm.name, name);
        assert_eq!(arm.treatment, Treatment { second_infusion, ..Treatment::default() }, "{name}");
    }
}

#[test]
fn prop_the_schema_knows_every_key_of_the_shipped_studies_and_refuses_others() {
    let schema = schema();
    for file in shipped() {
        let text = std::fs::read_to_string(&file).unwrap();
        for path in key_paths(&text) {
            assert!(lookup(&schema, &path).is_some(), "{}: {}", file.display(), path.join("."));
        }
    }
    assert!(lookup(&schema, &["population", "parameters", "r9"]).is_none());
    assert_eq!(lookup(&schema, &["study", "days"]).unwrap()["default"], json!(30.0));
    assert_eq!(lookup(&schema, &["solver", "rtol"]).unwrap()["minimum"], json!(1e-12));
    assert_eq!(lookup(&schema, &["model", "reading"]).unwrap()["enum"], json!(["curated", "printed"]));
    assert_eq!(lookup(&schema, &["arms", "name"]).unwrap()["type"], json!("string"));
    for q in Quantity::ALL {
        let found = ["parameters", "initial"]
            .iter()
            .filter(|t| lookup(&schema, &["population", t, q.symbol()]).is_some());
        assert_eq!(found.count(), 1, "{q}");
    }
}

#[test]
fn prop_every_table_of_the_schema_is_closed() {
    fn walk(value: &Value, tables: &mut u32) {
        if value["type"] == "object" {
            assert_eq!(value["additionalProperties"], json!(false), "{value}");
            *tables += 1;
        }
        match value {
            Value::Object(map) => map.values().for_each(|v| walk(v, tables)),
            Value::Array(list) => list.iter().for_each(|v| walk(v, tables)),
            _ => {}
        }
    }
    let mut tables = 0;
    walk(&schema(), &mut tables);
    // The file, eight sections, parameters, initial, correlation, the distribution and its six forms with tables, and
    // seven inside the arms.
    assert_eq!(tables, 35);
}

/// Key paths of a study file, through tables and lists of tables.
fn key_paths(text: &str) -> Vec<Vec<String>> {
    fn walk(value: &DeValue<'_>, path: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
        for (key, value) in value.as_table().into_iter().flat_map(|table| table.iter()) {
            path.push(key.get_ref().to_string());
            paths.push(path.clone());
            walk(value.get_ref(), path, paths);
            path.pop();
        }
        for item in value.as_array().into_iter().flat_map(|items| items.iter()) {
            walk(item.get_ref(), path, paths);
        }
    }
    let mut paths = Vec::new();
    let document = DeTable::parse(text).unwrap().into_inner();
    walk(&DeValue::Table(document), &mut Vec::new(), &mut paths);
    paths
}

fn lookup<'a>(schema: &'a Value, path: &[impl AsRef<str>]) -> Option<&'a Value> {
    path.iter().try_fold(schema, |at, key| {
        let at = if at.get("$ref").is_some() { &schema["$defs"]["distribution"] } else { at };
        let at = at.get("items").unwrap_or(at);
        at.get("properties")?.get(key.as_ref())
    })
}

#[test]
fn regress_a_study_serialises_completely() {
    let study = Study::parse(
        "[study]\nname = \"x\"\npatients = 3\n[population]\ndistribution = \"fixed\"\n[population.parameters]\n\
         r1 = { lognormal = { mean = 2, cv = 0.5 } }\n[solver]\nmethod = \"rk4\"\nstep_hours = 0.5\n",
        Path::new("x.toml"),
    )
    .unwrap();
    let mut value = serde_json::to_value(&study).unwrap();
    let drawn = value["population"]["drawn"].take();
    assert_eq!(
        value,
        json!({
            "name": "x", "seed": 0, "patients": 3, "days": 30.0, "allocation": "twins",
            "model": { "reading": "curated", "growth": "logistic" },
            "population": { "drawn": null },
            "solver": { "method": "rk4", "step_hours": 0.5, "rtol": 1e-6 },
            "endpoints": {
                "severe_inflammation": 400.0, "remission_fraction": 0.05, "remission_count": 0.0,
                "relapse_fraction": 0.1, "relapse_count": 0.0, "car_t_detection": 1.6,
            },
            "run": { "max_failed_fraction": 0.0, "part_patients": 262_144, "store": "all", "sample_patients": 100_000 },
            "trajectories": { "patients": 0, "every_hours": 6.0 },
            "arms": [{
                "name": "car-t", "ratio": 1, "dose_multiplier": 1.0,
                "infusions": [{ "day": 0.0, "fraction": 1.0 }],
            }],
        })
    );
    assert_eq!((&drawn["correction"], &drawn["sampling"]), (&json!("resample"), &json!("random")));
    assert_eq!(drawn["parameters"].as_object().unwrap().len(), 19);
    assert_eq!(drawn["initial"].as_object().unwrap().len(), 7);
    assert_eq!(drawn["parameters"]["r1"], json!({ "lognormal": { "mean": 2.0, "cv": 0.5 } }));
    assert_eq!(drawn["initial"]["lymphocytes"], json!({ "fixed": 1600.0 }));
}

#[test]
fn prop_overrides_take_the_place_of_the_file() {
    let text = "[study]\nname = \"x\"\npatients = 3\nseed = 1\ndays = 2\n";
    let overrides = Overrides { patients: Some(9), seed: Some(5), days: Some(0.5) };
    let study = Study::parse_with(text, Path::new("x.toml"), &overrides).unwrap();
    assert_eq!((study.patients, study.seed, study.days), (9, 5, 0.5));
    let bare = Study::parse_with("[study]\nname = \"x\"\n", Path::new("x.toml"), &overrides).unwrap();
    assert_eq!(bare.patients, 9);
}

#[test]
fn regress_messages_of_overrides() {
    let text = "[study]\nname = \"x\"\npatients = 3\n";
    let message = |o| Study::parse_with(text, Path::new("x.toml"), &o).unwrap_err().to_string();
    assert_eq!(
        message(Overrides { patients: Some(0), ..Overrides::default() }),
        "study.patients: expected a whole number from 1 to 1000000000000, found 0."
    );
    assert_eq!(
        message(Overrides { days: Some(-1.0), ..Overrides::default() }),
        "study.days: expected a number above 0 and at most 36500, found -1."
    );
    assert_eq!(
        message(Overrides { days: Some(f64::NAN), ..Overrides::default() }),
        "study.days: expected a finite number, found NaN."
    );
}

#[test]
fn regress_messages_of_study_files_that_cannot_be_read() {
    let room = tempfile::tempdir().unwrap();
    let message = |name: &str| {
        let error = Study::read(&room.path().join(name)).unwrap_err().to_string();
        error.replace(&format!("{}/", room.path().display()), "")
    };
    assert_eq!(
        message("gone.toml"),
        "gone.toml: no such file. Check the path; it is taken from the current directory."
    );
    std::fs::create_dir(room.path().join("dir.toml")).unwrap();
    assert_eq!(message("dir.toml"), "dir.toml: is a directory, not a file. Name the file itself.");
    std::fs::write(room.path().join("latin1.toml"), b"[study]\nname = \"caf\xe9\"\n").unwrap();
    assert_eq!(message("latin1.toml"), "latin1.toml:2: not UTF-8 text. Save the study file as UTF-8.");
}
