//! Accumulators are read up to a size that grows with the arms.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::Cohort;
use cartrial_dataset::{Dataset, DatasetError, Existing, Layout, ResultsWriter};
use common::{blocks, study};

const MIB: usize = 1 << 20;

/// What is read again of so many bytes.
fn read_again(arms: &[&str], bytes: usize) -> Result<usize, DatasetError> {
    let home = tempfile::tempdir().unwrap();
    let study = study(1, arms);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let mut writer = ResultsWriter::create(home.path(), &layout, Existing::Refuse).unwrap();
    blocks(&layout, &cohort, 1).into_iter().for_each(|rows| writer.write(rows).unwrap());
    let mut table = writer.finish().unwrap();
    table.add_accumulators(&vec![7; bytes]).unwrap();
    table.publish(None).unwrap();
    Ok(Dataset::open(home.path())?.accumulators()?.unwrap().len())
}

#[test]
fn accumulators_of_many_arms_are_large() {
    let arms = ["a", "b", "c", "d", "e"];
    assert_eq!(read_again(&arms, 300 * MIB).unwrap(), 300 * MIB);
}

#[test]
fn accumulators_that_are_too_large_for_their_arms_are_refused() {
    assert_eq!(read_again(&["a"], 64 * MIB).unwrap(), 64 * MIB);
    let error = read_again(&["a"], 64 * MIB + 1).unwrap_err().to_string();
    let reason = "accumulators.bin: has more than 64 MiB, which no file of this kind has. Restore it from a copy, or run \
                  the study again.";
    assert!(error.ends_with(reason), "{error}");
}
