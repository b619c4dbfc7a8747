//! Who has nothing but the files can tell what is in them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use arrow_schema::DataType;
use cartrial_cohort::{Cohort, Study};
use cartrial_dataset::{Existing, Layout, ResultsWriter};
use cartrial_model::STATES;
use cartrial_runner::{Course, Level, RunError, RunOptions, follow};
use common::{blocks, study, write};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;
use std::fs::File;
use std::path::Path;
use tempfile::tempdir;

fn dictionary(directory: &Path) -> Vec<Value> {
    serde_json::from_slice(&std::fs::read(directory.join("dictionary.json")).unwrap()).unwrap()
}

#[test]
fn a_file_says_of_which_study_it_is_and_how_its_rows_are_ordered() {
    let home = tempdir().unwrap();
    let study = study(300, &["control", "car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let manifest = write(home.path(), &Layout::new(&study, &cohort), &cohort, 64);

    let file = File::open(home.path().join("patients.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let metadata = reader.metadata().file_metadata();
    let entry = |key: &str| {
        let entries = metadata.key_value_metadata().unwrap();
        entries.iter().find(|entry| entry.key == key).and_then(|entry| entry.value.clone()).unwrap()
    };
    assert_eq!(entry("cartrial.study"), "example");
    assert_eq!(entry("cartrial.seed"), "7");
    assert_eq!(entry("cartrial.version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(entry("cartrial.content_hash"), manifest.content_hash.to_string());
    assert_eq!(Study::parse(&entry("cartrial.study_file"), Path::new("again.toml")).unwrap(), study);

    let group = reader.metadata().row_group(0);
    let by: Vec<_> = group.sorting_columns().unwrap().iter().map(|by| by.column_idx).collect();
    assert_eq!((by, group.column(0).column_descr().name()), (vec![0], "patient_id"));
    assert!(group.columns().iter().all(|column| column.statistics().is_some()));
}

#[test]
fn arms_are_categories_and_flags_are_booleans() {
    let home = tempdir().unwrap();
    let study = study(60, &["control", "car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    write(home.path(), &layout, &cohort, 64);
    let file = File::open(home.path().join("patients.parquet")).unwrap();
    let schema = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().schema().clone();
    let kind = |name: &str| schema.field_with_name(name).unwrap().data_type().clone();
    for name in ["arm", "status"] {
        assert!(matches!(kind(name), DataType::Dictionary(_, _)), "{name}");
    }
    for name in ["severe_inflammation", "remission", "relapse", "remission_at_end"] {
        assert_eq!(kind(name), DataType::Boolean);
    }
    assert_eq!((kind("remission_day"), kind("rescues")), (DataType::Float64, DataType::Float64));
    for field in schema.fields() {
        for key in ["label", "unit", "origin"] {
            assert!(field.metadata().contains_key(key), "{field}");
        }
    }
}

#[test]
fn the_dictionary_defines_what_a_label_cannot() {
    let home = tempdir().unwrap();
    let mut study = study(60, &["control", "car-t"]);
    study.endpoints.severe_inflammation = 250.0;
    study.endpoints.relapse_count = 3.0;
    let cohort = Cohort::new(&study).unwrap();
    write(home.path(), &Layout::new(&study, &cohort), &cohort, 64);
    let dictionary = dictionary(home.path());
    let entry = |name: &str| dictionary.iter().find(|entry| entry["name"] == name).unwrap();
    let definition = |name: &str| entry(name)["definition"].as_str().unwrap().to_owned();
    assert_eq!(definition("severe_inflammation"), "True if inflammation is above 250 pg/mL at any time");
    assert_eq!(
        definition("remission_day"),
        "First day on which the tumour is below 5 % of the patient's burden before any bridging. Where remission is false, \
         day 30, the end of the study: censored"
    );
    assert_eq!(
        definition("relapse"),
        "True if the tumour is above the higher of 10 % of the patient's burden before any bridging and 3 cells/µL after \
         remission; null where there was no remission"
    );
    assert_eq!(entry("arm")["categories"][1]["value"], "car-t");
    assert_eq!(entry("status")["categories"][0]["label"], "the solve was completed");
    assert_eq!((&entry("arm")["type"], &entry("remission")["type"]), (&"category".into(), &"bool".into()));
    assert!(entry("r1").get("definition").is_none());
}

#[test]
fn courses_come_back_as_they_were_followed() {
    let home = tempdir().unwrap();
    let mut study = study(300, &["control", "car-t"]);
    (study.trajectories.patients, study.trajectories.every_hours) = (20, 48.0);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let mut writer = ResultsWriter::create(home.path(), &layout, Existing::Refuse).unwrap();
    blocks(&layout, &cohort, 64).into_iter().for_each(|rows| writer.write(rows).unwrap());
    let mut table = writer.finish().unwrap();
    let mut courses: Vec<Course> = Vec::new();
    let mut writer = table.trajectory_writer().unwrap().unwrap();
    let sample = study.sampled_patients();
    follow(&study, &cohort, &sample, &RunOptions::new(Level::best()), |course| {
        writer.write(&course).unwrap();
        courses.push(course);
        Ok::<(), RunError>(())
    })
    .unwrap();
    table.add_trajectories(writer).unwrap();
    let manifest = table.publish(None).unwrap().manifest().clone();
    let file = manifest.trajectories.unwrap();
    assert_eq!((file.patients, file.rows), (20, 20 * 2 * 16));

    let path = home.path().join("trajectories.parquet");
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
    let names: Vec<_> = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names[..3], ["patient_id", "arm", "day"]);
    assert_eq!(names[3..], STATES.map(|state| state.name));
    let batch = reader.with_batch_size(1000).build().unwrap().next().unwrap().unwrap();
    let numbers = |column: usize| {
        let array = batch.column(column).to_data();
        array.buffers()[0].typed_data::<f64>()[..batch.num_rows()].to_vec()
    };
    let days: Vec<f64> = courses.iter().flat_map(|course| course.trajectory.days.clone()).collect();
    assert_eq!(numbers(2), days);
    for i in 0..STATES.len() {
        let states: Vec<f64> =
            courses.iter().flat_map(|course| course.trajectory.states.iter().map(|y| y[i])).collect();
        assert_eq!(numbers(3 + i), states);
    }
    // A patient begins as its row of the patient table says.
    let patient = cohort.draw(sample[3]..sample[3] + 1)[0];
    assert_eq!(courses[6].trajectory.states[0], patient.quantities.initial_state());

    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let error = cartrial_dataset::Dataset::open(home.path()).unwrap_err().to_string();
    assert!(error.contains("trajectories.parquet") && error.contains("is not what was written"), "{error}");
}
