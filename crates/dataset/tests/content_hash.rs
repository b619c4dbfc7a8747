//! The content hash and the tallies tell tables apart, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::Cohort;
use cartrial_dataset::{BlockRows, ColumnType, ContentHash, FirstFailures, Layout, RowCounts};
use cartrial_model::Quantity;
use cartrial_runner::{Block, Endpoint, Row};
use common::{block, blocks, study};
use proptest::prelude::*;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

fn merged(blocks: &[BlockRows], arms: usize) -> RowCounts {
    let mut sum = RowCounts::empty(arms);
    blocks.iter().for_each(|rows| sum.merge(&rows.counts));
    sum
}

proptest! {
    #[test]
    fn prop_no_cut_and_no_order_shows_in_a_tally(size in 1_u64..130, rotate in 0_usize..50, arms in 1_usize..4) {
        let study = study(120, &["a", "b", "c"][..arms]);
        let cohort = Cohort::new(&study).unwrap();
        let layout = Layout::new(&study, &cohort);
        let whole = BlockRows::of(&layout, &block(&cohort, 0..120, arms)).counts;
        let mut parts = blocks(&layout, &cohort, size);
        let by = rotate % parts.len();
        parts.rotate_left(by);
        prop_assert_eq!(merged(&parts, arms), whole);
    }
}

/// The row's words as the documentation of [`ContentHash`] has them, cell by cell.
fn reference(layout: &Layout, block: &Block) -> u128 {
    let columns = layout.columns();
    let names: Vec<_> = columns.iter().map(|c| format!("{} {}", c.kind.name(), c.name)).collect();
    let arms: Vec<_> = layout.arms().collect();
    let mut sum = 0_u128;
    for Row { patient, arm, outcome } in &block.rows {
        let patient = &block.patients[*patient];
        let cells: Vec<Option<u64>> = columns
            .iter()
            .map(|column| match column.name.as_str() {
                "patient_id" => Some(patient.id),
                "arm" => Some(xxh3_64(arms[*arm].as_bytes())),
                "dose_total" => Some(patient.quantities.dose_total().to_bits()),
                "failed_at_day" => outcome.failed_at_day.map(f64::to_bits),
                "corrections" => Some(patient.corrected.count().into()),
                "status" => Some(xxh3_64(cartrial_dataset::status_name(outcome.status).as_bytes())),
                "steps" => Some(outcome.steps.into()),
                name => match Quantity::from_symbol(name) {
                    Some(quantity) => Some(patient.quantities[quantity].to_bits()),
                    None => {
                        let endpoint = Endpoint::ALL.into_iter().find(|e| e.name() == name).unwrap();
                        let word = |value: f64| match column.kind {
                            ColumnType::Bool => value as u64,
                            _ => value.to_bits(),
                        };
                        outcome.get(endpoint).map(word)
                    }
                },
            })
            .collect();
        let mut nulls = 0_u64;
        assert!(cells.len() <= 64);
        cells.iter().enumerate().filter(|(_, c)| c.is_none()).for_each(|(bit, _)| nulls |= 1 << bit);
        let mut words = vec![xxh3_64(names.join("\n").as_bytes()), nulls];
        words.extend(cells.iter().map(|cell| cell.unwrap_or(0)));
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        sum = sum.wrapping_add(xxh3_128(&bytes));
    }
    sum
}

#[test]
fn ref_the_hash_is_what_its_documentation_says() {
    let study = study(101, &["control", "car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let block = block(&cohort, 0..101, 2);
    let hash = BlockRows::of(&layout, &block).counts.hash;
    assert_eq!(hash.to_string(), format!("xxh3-128-sum:{:032x}", reference(&layout, &block)));
}

#[test]
fn every_change_of_a_row_changes_the_hash() {
    let study = study(20, &["control", "car-t"]);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let original = block(&cohort, 0..20, 2);
    let hash = |change: &dyn Fn(&mut Block)| {
        let mut block = original.clone();
        change(&mut block);
        BlockRows::of(&layout, &block).counts.hash
    };
    let mut hashes = vec![
        hash(&|_| ()),
        hash(&|b| b.patients[7].quantities.0[3] = b.patients[7].quantities.0[3].next_up()),
        hash(&|b| b.rows[15].outcome.values[0] = b.rows[15].outcome.values[0].next_down()),
        hash(&|b| b.rows[15].outcome.steps += 1),
        hash(&|b| b.rows[15].outcome.failed_at_day = Some(0.0)),
        hash(&|b| b.rows[15].outcome.values[2] = 0.0),
        hash(&|b| b.rows[15].outcome.values[2] = -0.0),
        hash(&|b| b.rows[15].outcome.values[2] = f64::NAN),
        hash(&|b| b.rows.iter_mut().for_each(|row| row.arm = 1 - row.arm)),
        hash(&|b| b.patients[7].id = 8),
        hash(&|b| {
            b.patients.truncate(19);
            b.rows.truncate(38);
        }),
    ];
    let twice = hashes[0].plus(hashes[0]);
    hashes.extend([twice, ContentHash::EMPTY]);
    for (i, a) in hashes.iter().enumerate() {
        for (j, b) in hashes.iter().enumerate() {
            assert_eq!(a == b, i == j, "{i} and {j}");
        }
    }
}

#[test]
fn the_first_failures_are_those_of_the_first_patients_in_order_of_the_arms() {
    let study = study(400, &["a", "b"]);
    let cohort = Cohort::new(&study).unwrap();
    let layout = Layout::new(&study, &cohort);
    let mut parts = blocks(&layout, &cohort, 7);
    parts.reverse();
    let counts = merged(&parts, 2);
    let first: Vec<_> = counts.first_failures.solves().iter().map(|f| (f.patient, f.arm)).collect();
    let failed = (0..400).flat_map(|patient| [0, 1].map(|arm| (patient, arm)));
    let expected: Vec<_> =
        failed.filter(|(patient, arm)| (patient + *arm as u64) % 9 == 3).take(FirstFailures::MOST).collect();
    assert_eq!(first, expected);
    let failed: u64 = counts.ended.iter().flat_map(|of_arm| &of_arm[1..]).sum();
    assert!(failed > FirstFailures::MOST as u64);
    let text = serde_json::to_string(&counts).unwrap();
    assert_eq!(serde_json::from_str::<RowCounts>(&text).unwrap(), counts);
}

#[test]
fn a_hash_reads_back_from_its_text() {
    let text = "xxh3-128-sum:0000000000000000000000000000002a";
    let hash: ContentHash = text.parse().unwrap();
    assert_eq!(hash.to_string(), text);
    assert_eq!(
        "sha256:2a".parse::<ContentHash>(),
        Err("expected xxh3-128-sum: and 32 hexadecimal digits, found \"sha256:2a\"".into())
    );
}
