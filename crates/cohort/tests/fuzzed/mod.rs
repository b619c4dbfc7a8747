//! What must hold of every input of a reader, whether `cargo test` or a fuzzer finds it.

#![allow(dead_code, clippy::unwrap_used, reason = "every target uses a part of it; a harness may panic")]

use cartrial_cohort::{Cohort, Study, StudyError};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A study file is valid, with patients that can be drawn, or refused in few words.
pub fn study_file(input: &[u8]) {
    thread_local! { static ROOM: TempDir = tempfile::tempdir().unwrap(); }
    let path = ROOM.with(|room| room.path().join("study.toml"));
    std::fs::write(&path, input).unwrap();
    check(Study::read(&path));
}

/// The same of a table in CSV.
pub fn csv_table(input: &[u8]) {
    table("t.csv", input);
}

/// The same of a table in Parquet.
pub fn parquet_table(input: &[u8]) {
    table("t.parquet", input);
}

fn table(name: &str, input: &[u8]) {
    thread_local! { static ROOM: TempDir = tempfile::tempdir().unwrap(); }
    let directory: PathBuf = ROOM.with(|room| room.path().to_owned());
    std::fs::write(directory.join(name), input).unwrap();
    let text =
        format!("[study]\nname = \"x\"\n[population]\ntable = \"{name}\"\ncarry = [\"site\", \"age\"]\n");
    check(Study::parse(&text, &directory.join("study.toml")));
}

fn check(read: Result<Study, StudyError>) {
    match read {
        Ok(study) => {
            let cohort = match study.drawn_population() {
                Some(spec) if spec.targets.is_some() => {
                    Cohort::of_candidates(spec, study.seed, study.patients)
                }
                _ => Cohort::new(&study).unwrap(),
            };
            let ends = [0..2, study.patients.saturating_sub(2)..study.patients];
            let patients: Vec<_> = ends.into_iter().flat_map(|range| cohort.draw(range)).collect();
            assert!(!patients.is_empty());
            for patient in patients {
                for quantity in patient.quantities.0 {
                    assert!(quantity.is_finite() && quantity >= 0.0, "{patient:?}");
                }
            }
            let again = Study::parse(&study.to_toml(), Path::new("again.toml"));
            assert!(again.is_ok() || study.to_toml().contains("table = "), "{again:?}");
        }
        Err(error) => {
            let text = error.to_string();
            assert!(text.lines().count() <= 100 && text.len() < 100_000, "{text}");
            assert!(!error.problems.is_empty());
            for problem in &error.problems {
                assert!(!problem.reason.is_empty() && problem.file.is_some(), "{problem:?}");
            }
        }
    }
}
