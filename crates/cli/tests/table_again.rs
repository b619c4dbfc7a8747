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
