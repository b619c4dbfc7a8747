//! A file that was changed on purpose is named, whatever its length and whatever it says.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::{Cohort, Study};
use cartrial_dataset::{Dataset, Existing, Layout, ResultsWriter};
use common::{blocks, study};
use std::fs;
use std::path::Path;
use tempfile::{TempDir, tempdir};

const REMEDY: &str = "Restore it from a copy, or run the study again.";

fn results(study: &Study, summary: &str) -> TempDir {
    let home = tempdir().unwrap();
    let cohort = Cohort::new(study).unwrap();
    let layout = Layout::new(study, &cohort);
    let mut writer = ResultsWriter::create(home.path(), &layout, Existing::Refuse).unwrap();
    for rows in blocks(&layout, &cohort, 16) {
        writer.write(rows).unwrap();
    }
    let mut table = writer.finish().unwrap();
    table.add_summary(&summary).unwrap();
    table.publish(None).unwrap();
    home
}

/// What opening says, with the directory as `DIR` and hashes as `HASH`.
fn told(home: &Path) -> String {
    let text = Dataset::open(home).expect_err("it was changed").to_string();
    let is_hash = |word: &str| word.trim_end_matches([',', '.']).len() == 64;
    let words = text.replace(&home.display().to_string(), "DIR");
    let words: Vec<_> = words.split(' ').map(|word| if is_hash(word) { "HASH" } else { word }).collect();
    words.join(" ")
}

#[test]
fn a_table_made_anew_with_other_rows_is_not_taken_for_the_one_that_was_written() {
    let home = results(&study(20, &["car-t"]), "of the first");
    let mut other = study(20, &["car-t"]);
    other.seed = 8;
    let other = results(&other, "of the other");
    fs::copy(other.path().join("patients.parquet"), home.path().join("patients.parquet")).unwrap();
    let told = told(home.path());
    assert!(told.starts_with("DIR/patients.parquet: "), "{told}");
    assert!(told.contains("is not what was written") || told.contains("were written"), "{told}");
    assert!(told.ends_with(REMEDY), "{told}");
}

#[test]
fn a_dictionary_and_a_summary_that_were_edited_are_named() {
    let home = results(&study(20, &["car-t"]), "p = 0.06");
    let edit = |name: &str, from: &str, to: &str| {
        let path = home.path().join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from) && from.len() == to.len());
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    edit("dictionary.json", "pg/mL", "ng/mL");
    assert_eq!(
        told(home.path()),
        format!(
            "DIR/dictionary.json: is not what was written: its SHA-256 is HASH and should be HASH {REMEDY}"
        )
    );
    edit("dictionary.json", "ng/mL", "pg/mL");
    assert!(Dataset::open(home.path()).is_ok());
    edit("summary.json", "0.06", "0.04");
    assert_eq!(
        told(home.path()),
        "DIR/summary.json: is not what was written: its SHA-256 is HASH and should be HASH \
         Write it anew with `cartrial analyse`, or restore it from a copy."
    );
    fs::remove_file(home.path().join("summary.json")).unwrap();
    assert_eq!(
        told(home.path()),
        "DIR/summary.json: is missing, though it belongs to these results. \
         Write it anew with `cartrial analyse`, or restore it from a copy."
    );
}

#[test]
fn a_summary_is_written_anew_and_the_manifest_says_which_it_is() {
    let home = results(&study(20, &["car-t"]), "p = 0.06");
    let manifest = home.path().join("manifest.json");
    let before = fs::read(&manifest).unwrap();
    fs::write(home.path().join("summary.json"), "\"p = 0.04\"\n").unwrap();
    let mut dataset = Dataset::open_to_analyse(home.path()).unwrap();
    dataset.replace_summary(&"p = 0.06").unwrap();
    assert_eq!(fs::read(&manifest).unwrap(), before, "the same summary is the same manifest");
    dataset.replace_summary(&"p = 0.05").unwrap();
    assert_ne!(fs::read(&manifest).unwrap(), before);
    assert_eq!(
        Dataset::open(home.path()).unwrap().manifest().summary,
        dataset.manifest().summary,
        "another one is in the manifest"
    );
}

#[test]
fn the_manifest_has_what_sha256sum_says() {
    let home = results(&study(20, &["car-t"]), "of all");
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(home.path().join("manifest.json")).unwrap()).unwrap();
    for (entry, name) in
        [("/files/0", "patients.parquet"), ("/dictionary", "dictionary.json"), ("/summary", "summary.json")]
    {
        let entry = manifest.pointer(entry).unwrap();
        let bytes = fs::read(home.path().join(name)).unwrap();
        let digits: String =
            <sha2::Sha256 as sha2::Digest>::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((&entry["bytes"], &entry["sha256"]), (&bytes.len().into(), &digits.into()), "{name}");
    }
}
