//! Manifests, journals and Parquet files with random faults: refused, or read for what they are; never a panic.
//!
//! `MUTANTS=100000 cargo test --release -p cartrial-dataset --test mutated` tries more.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::Cohort;
use cartrial_dataset::{Dataset, Existing, Layout, ResultsWriter};
use common::{in_parts_of, study, write};
use std::fs;
use std::path::PathBuf;
use tempfile::{TempDir, tempdir};

/// How many of each kind.
fn mutants() -> u64 {
    std::env::var("MUTANTS").map_or(1000, |n| n.parse().unwrap())
}

/// Numbers that differ from each other as random ones do, and not from run to run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    /// A few faults of the kinds that files have: bits, bytes, pieces that are missing, doubled, or zeros, digits that grow.
    fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            let to = (at + 1 + self.below(40)).min(bytes.len());
            match self.below(7) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = self.below(256) as u8,
                2 => bytes.truncate(at.max(1)),
                3 => drop(bytes.drain(at..to)),
                4 => {
                    let piece = bytes[at..to].to_vec();
                    bytes.splice(at..at, piece);
                }
                5 => bytes[at..to].fill(0),
                _ => {
                    if let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit) {
                        bytes.splice(at + digit..at + digit, *b"999999999999");
                    }
                }
            }
            if bytes.is_empty() {
                bytes.push(0);
            }
        }
        bytes
    }
}

/// Results of 40 patients in three files.
fn results() -> (TempDir, PathBuf, Layout) {
    let home = tempdir().unwrap();
    let study = in_parts_of(16, study(40, &["control", "car-t"]));
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let directory = home.path().join("results");
    write(&directory, &layout, &cohort, 8);
    (home, directory, layout)
}

/// Reads everything there is; an error is as good as an answer.
fn read_all(directory: &std::path::Path) -> Result<(), cartrial_dataset::DatasetError> {
    let dataset = Dataset::open(directory)?;
    for rows in dataset.chunks(&["patient_id", "peak_inflammation"])? {
        rows?;
    }
    dataset.verify().map(drop)
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The manifest with the hash that it should have.
fn sealed(manifest: &[u8]) -> Option<Vec<u8>> {
    const KEY: &str = "\"manifest_hash\": \"";
    let mut text = String::from_utf8(manifest.to_vec()).ok()?;
    let at = text.rfind(KEY)? + KEY.len();
    let digits = at..at + 64;
    text.get(digits.clone())?;
    text.replace_range(digits.clone(), &"0".repeat(64));
    let hash = sha256(text.as_bytes());
    text.replace_range(digits, &hash);
    Some(text.into_bytes())
}

#[test]
fn no_manifest_makes_the_reader_panic() {
    let (_home, directory, _) = results();
    let path = directory.join("manifest.json");
    let good = fs::read(&path).unwrap();
    assert_eq!(sealed(&good).as_deref(), Some(good.as_slice()));
    let (mut random, mut refused, mut with_hash) = (Random(1), 0, 0);
    for _ in 0..mutants() {
        let mutant = random.mutate(&good);
        // Half of them with the hash that lets them pass the first check.
        let mutant = sealed(&mutant).filter(|_| random.below(2) == 0).unwrap_or(mutant);
        with_hash += u64::from(sealed(&mutant).as_deref() == Some(mutant.as_slice()));
        fs::write(&path, mutant).unwrap();
        refused += u64::from(read_all(&directory).is_err());
    }
    eprintln!("{refused} of {} manifests were refused, {with_hash} had the right hash", mutants());
    assert!(refused > mutants() / 2 && with_hash > mutants() / 10);
}

#[test]
fn no_journal_makes_a_resumed_run_panic() {
    let (_home, directory, layout) = results();
    let mut begun = ResultsWriter::create(&directory, &layout, Existing::Resume).unwrap();
    assert!(begun.was_complete());
    fs::remove_file(directory.join("patients/part-00002.parquet")).unwrap();
    drop(begun);
    begun = ResultsWriter::create(&directory, &layout, Existing::Resume).unwrap();
    assert_eq!(begun.kept_patients(), 32);
    drop(begun);
    let good = fs::read(directory.join("journal.jsonl")).unwrap();
    let parts: Vec<_> = (0..2).map(|i| directory.join(format!("patients/part-0000{i}.parquet"))).collect();
    let bytes: Vec<_> = parts.iter().map(|part| fs::read(part).unwrap()).collect();
    let (mut random, mut refused, mut kept) = (Random(2), 0, 0);
    for _ in 0..mutants() {
        fs::write(directory.join("journal.jsonl"), random.mutate(&good)).unwrap();
        parts.iter().zip(&bytes).for_each(|(part, bytes)| fs::write(part, bytes).unwrap());
        assert!(Dataset::open(&directory).is_err(), "an unfinished run is no dataset");
        match ResultsWriter::create(&directory, &layout, Existing::Resume) {
            Ok(writer) => kept += u64::from(writer.kept_patients() > 0),
            Err(_) => refused += 1,
        }
    }
    eprintln!("{refused} of {} journals were refused, {kept} let the run keep something", mutants());
    assert!(refused > 0 && kept > 0);
}

#[test]
fn no_fault_in_a_file_of_the_table_gets_as_far_as_the_parser() {
    let (_home, directory, _) = results();
    let path = directory.join("patients/part-00001.parquet");
    let good = fs::read(&path).unwrap();
    let mut random = Random(3);
    for _ in 0..mutants() {
        let mutant = random.mutate(&good);
        fs::write(&path, &mutant).unwrap();
        match Dataset::open(&directory) {
            Ok(_) => assert!(mutant == good, "a file that has changed went unnoticed"),
            Err(error) => {
                let text = error.to_string();
                assert!(
                    mutant != good
                        && (text.contains(" bytes, and ") || text.contains(" is not what was written"))
                );
            }
        }
    }
}
