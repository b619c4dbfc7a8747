//! The inputs that fuzzing found, and some hundred mutants of them: the harness of `fuzz/` without its guide.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fuzzed;

use std::path::Path;

/// Numbers and marks that lie, in JSON and in binary formats.
const LIES: [&[u8]; 10] = [
    b"1e308",
    b"-1",
    b"1000000000000000000",
    b"[[[[[[[[[[",
    b"\"",
    b"\n",
    b"null",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x15\xfe\xff\xff\xff\x0f",
    b"\0",
];

fn replay(target: &str, mutants: u64, harness: fn(&[u8]) -> bool) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzed/corpus").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut inputs: Vec<_> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    for input in &inputs {
        harness(input);
    }
    let written = fuzzed::beginnings(target);
    assert!(harness(&written[0]), "what a run writes is read");
    // It counts for half of what mutants are made of.
    let found = inputs.len();
    inputs.extend(written.into_iter().cycle().take(found.max(2)));
    let mut state = 1_u64;
    let mut below = |n: usize| {
        // Knuth's MMIX generator; its high bits are random enough for mutants.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n.max(1)
    };
    for _ in 0..mutants {
        let mut input = inputs[below(inputs.len())].clone();
        for _ in 0..=below(3) {
            let at = below(input.len());
            let end = (at + below(64)).min(input.len());
            match below(5) {
                0 => input.truncate(at),
                1 => drop(input.drain(at..end)),
                2 => drop(input.splice(at..at, input[at..end].to_vec())),
                3 => drop(input.splice(at..at, LIES[below(LIES.len())].to_vec())),
                _ if at < input.len() => input[at] ^= 1 << below(8),
                _ => {}
            }
        }
        harness(&input);
    }
}

#[test]
fn prop_any_manifest_is_read_or_refused() {
    replay("manifest", 1000, fuzzed::manifest);
}

#[test]
fn prop_any_journal_is_resumed_or_refused() {
    // Each begins two runs, which wait for the disk.
    replay("journal", 100, fuzzed::journal);
}

#[test]
fn prop_any_forged_part_is_read_or_refused() {
    replay("part", 1000, fuzzed::part);
}

#[test]
fn prop_any_forged_trajectories_are_merged_or_refused() {
    // Each begins a merge, which waits for the disk.
    replay("trajectories", 100, fuzzed::trajectories);
}
