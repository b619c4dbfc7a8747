//! The inputs that fuzzing found, and some thousand mutants of them: the harness of `fuzz/` without its guide.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fuzzed;

use std::path::Path;

/// Mutants of each reader's inputs.
const MUTANTS: u64 = 2000;

/// Numbers that lie, in the encodings of text and of binary formats.
const LIES: [&[u8]; 12] = [
    b"1e308",
    b"-1",
    b"NaN",
    b"1000000000000000000",
    b"[[[[[[[[[[",
    b"\"",
    b"\n",
    b",",
    b"\xff\xff\xff\x7f",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x15\xfe\xff\xff\xff\x0f",
    b"\0",
];

fn replay(target: &str, harness: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzed/corpus").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let inputs: Vec<_> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    inputs.iter().for_each(|input| harness(input));
    let mut state = 1_u64;
    let mut below = |n: usize| {
        // Knuth's MMIX generator; its high bits are random enough for mutants.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n.max(1)
    };
    for _ in 0..MUTANTS {
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
fn prop_any_study_file_is_valid_or_refused() {
    replay("study_file", fuzzed::study_file);
}

#[test]
fn prop_any_csv_table_is_valid_or_refused() {
    replay("csv_table", fuzzed::csv_table);
}

#[test]
fn prop_any_parquet_table_is_valid_or_refused() {
    replay("parquet_table", fuzzed::parquet_table);
}
