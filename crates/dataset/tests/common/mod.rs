//! Blocks of outcomes that need no solving.
#![allow(dead_code)] // each test binary uses its own part

use cartrial_cohort::{Arm, Cohort, Study, VirtualPatient};
use cartrial_dataset::{BlockRows, Existing, Layout, Manifest, ResultsWriter};
use cartrial_model::{EndpointKind, Quantity};
use cartrial_runner::{Block, Endpoint, Outcome, Row, Status};
use std::ops::Range;
use std::path::Path;

/// A study of drawn patients in those arms.
pub fn study(patients: u64, arms: &[&str]) -> Study {
    let text = format!("[study]\nname = \"example\"\nseed = 7\npatients = {patients}\n");
    with_arms(Study::parse(&text, Path::new("example.toml")).unwrap(), arms)
}

pub fn with_arms(mut study: Study, names: &[&str]) -> Study {
    let arm = study.arms[0].clone();
    study.arms = names.iter().map(|&name| named(&arm, name)).collect();
    study
}

fn named(arm: &Arm, name: &str) -> Arm {
    let mut arm = arm.clone();
    arm.name = name.into();
    arm
}

/// Patients of `ids` with made-up outcomes: every ninth fails in some arm, every fifth was corrected.
pub fn block(cohort: &Cohort, ids: Range<u64>, arms: usize) -> Block {
    let mut patients = cohort.draw(ids);
    for patient in patients.iter_mut().filter(|p| p.id % 5 == 0) {
        patient.corrected.insert(Quantity::D2);
        if patient.id % 2 == 0 {
            patient.corrected.insert(Quantity::K);
        }
    }
    let of_patient =
        |(patient, drawn)| (0..arms).map(move |arm| Row { patient, arm, outcome: outcome(drawn, arm) });
    let rows = patients.iter().enumerate().flat_map(of_patient).collect();
    Block { patients, rows }
}

fn outcome(patient: &VirtualPatient, arm: usize) -> Outcome {
    let status = match (patient.id + arm as u64) % 27 {
        3 => Status::StepCollapsed,
        12 => Status::NonFinite,
        21 => Status::TooManySteps,
        _ => Status::Completed,
    };
    let value = |i: usize| match status {
        Status::Completed if matches!(Endpoint::ALL[i].kind(), EndpointKind::Event { .. }) => {
            ((patient.id + i as u64) % 2) as f64
        }
        Status::Completed => (patient.quantities.0[(i + 1) % Quantity::COUNT] / 3.0) * (arm + 1) as f64,
        _ => f64::NAN,
    };
    Outcome {
        status,
        failed_at_day: (status != Status::Completed).then_some(patient.id as f64 / 7.0),
        steps: 100 + arm as u32,
        rejected: 0,
        values: std::array::from_fn::<_, { Endpoint::COUNT }, _>(value),
    }
}

/// Digests of a whole cohort, cut into blocks of that size.
pub fn blocks(layout: &Layout, cohort: &Cohort, size: u64) -> Vec<BlockRows> {
    let ids = layout.patients();
    let cut = |first: u64| first..(first + size).min(ids.end);
    ids.clone()
        .step_by(size as usize)
        .map(|first| BlockRows::of(layout, &block(cohort, cut(first), layout.arms().len())))
        .collect()
}

/// The same study with another number of patients in a file.
pub fn in_parts_of(part_patients: u64, mut study: Study) -> Study {
    study.run.part_patients = part_patients;
    study
}

/// Writes a whole cohort in blocks of that size.
pub fn write(directory: &Path, layout: &Layout, cohort: &Cohort, size: u64) -> Manifest {
    let mut writer = ResultsWriter::create(directory, layout, Existing::Refuse).unwrap();
    for rows in blocks(layout, cohort, size) {
        writer.write(rows).unwrap();
    }
    publish(writer)
}

/// Completes results to which nothing else is added.
pub fn publish(writer: ResultsWriter) -> Manifest {
    writer.finish().unwrap().publish(None).unwrap().manifest().clone()
}

/// Names of everything in a directory, in order.
pub fn listing(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
