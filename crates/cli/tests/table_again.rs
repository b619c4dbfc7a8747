//! The patient table that a run writes is a cohort table.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_dataset::Dataset;
use common::{Place, RANDOMISED};

const TWINS: &str = "\
[[arms]]
name = \"control\"
[[arms]]
name = \"double\"
dose_multiplier = 2
";

fn hash(place: &Place, directory: &str) -> String {
    Dataset::open(&place.path(directory)).unwrap().manifest().content_hash.to_string()
}

#[test]
fn the_same_patients_treated_alike_are_the_same_rows() {
    let twins = format!("[study]\nname = \"x\"\nseed = 5\npatients = 300\ndays = 10\n{TWINS}");
    for study in [twins, RANDOMISED.to_owned()] {
        let place = Place::with_study(&study);
        place.cartrial(&["run", "study.toml", "--out", "drawn", "--quiet"]).well();
        let table = "[population]\ntable = \"drawn/patients.parquet\"\n[[arms]]";
        place.write("again.toml", study.replacen("[[arms]]", table, 1));
        place.cartrial(&["run", "again.toml", "--out", "read", "--quiet"]).well();
        assert_eq!(hash(&place, "read"), hash(&place, "drawn"));
    }
}

#[test]
fn a_table_in_parts_is_read_as_one() {
    let study = format!(
        "[study]\nname = \"x\"\nseed = 5\npatients = 10000\ndays = 0.1\n[run]\npart_patients = 4096\n{TWINS}"
    );
    let place = Place::with_study(&study);
    place.cartrial(&["run", "study.toml", "--out", "drawn", "--quiet"]).well();
    let table = "[population]\ntable = \"drawn/patients\"\n[[arms]]";
    place.write("again.toml", study.replacen("[[arms]]", table, 1));
    place.cartrial(&["run", "again.toml", "--out", "read", "--quiet"]).well();
    assert_eq!(hash(&place, "read"), hash(&place, "drawn"));
    let parts: Vec<_> = std::fs::read_dir(place.path("drawn/patients")).unwrap().collect();
    assert_eq!(parts.len(), 3);
    let mut parts: Vec<_> = parts.into_iter().map(|entry| entry.unwrap().path()).collect();
    parts.sort();
    std::fs::remove_file(&parts[1]).unwrap();
    let last = parts[2].strip_prefix(place.path("")).unwrap().display();
    place.refuses(
        &["check", "again.toml"],
        2,
        &format!(
            "error: {last}: row 1, column \"patient_id\": expected 4096, found 8192. Patients are numbered 0, 1, 2, … in order. \
             Of a table in parts name the directory; of a selection of patients drop this column, or carry it under another name."
        ),
    );
}

#[test]
fn the_same_patients_under_another_treatment_have_the_same_quantities() {
    let head = "[study]\nname = \"x\"\nseed = 5\npatients = 300\ndays = 10\n";
    let place = Place::with_study(&format!("{head}{TWINS}"));
    place.cartrial(&["run", "study.toml", "--out", "drawn", "--quiet"]).well();
    let arm = "[population]\ntable = \"drawn/patients.parquet\"\ncarry = [\"arm\"]\n[[arms]]\nname = \"half\"\ndose_multiplier = 0.5\n";
    place.write("half.toml", format!("[study]\nname = \"half\"\ndays = 10\n{arm}"));
    let said = place.cartrial(&["run", "half.toml", "--out", "half"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("\"arm\" is a column of the results already"), "{}", said.err);
    place.write(
        "half.toml",
        format!("[study]\nname = \"half\"\ndays = 10\n{}", arm.replace("carry = [\"arm\"]\n", "")),
    );
    place.cartrial(&["run", "half.toml", "--out", "half", "--quiet"]).well();
    let column = |directory: &str, arm: usize, name: &str| {
        let dataset = Dataset::open(&place.path(directory)).unwrap();
        let rows = dataset.chunks(&[]).unwrap().next().unwrap().unwrap();
        rows.f64_in_arm(name, arm).unwrap().iter().map(|x| x.to_bits()).collect::<Vec<_>>()
    };
    for name in ["n", "d2", "tumour_burden", "dose_total", "lymphocytes"] {
        assert_eq!(column("half", 0, name), column("drawn", 1, name), "{name}");
    }
    assert_ne!(column("half", 0, "peak_inflammation"), column("drawn", 0, "peak_inflammation"));
}
