//! The inputs that fuzzing found, and some hundred mutants of them: the harness of `fuzz/` without its guide.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fuzzed;

use std::path::Path;

const MUTANTS: u64 = 1000;

#[test]
fn prop_any_accumulators_are_merged_or_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzed/corpus/accumulators");
    let mut paths: Vec<_> = std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut inputs: Vec<_> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    for input in &inputs {
        fuzzed::accumulators(input);
    }
    let whole = fuzzed::whole();
    assert!(fuzzed::accumulators(&whole), "what a shard writes is merged");
    // It counts for half of what mutants are made of.
    inputs.extend(std::iter::repeat_n(whole, inputs.len().max(1)));
    let mut state = 1_u64;
    let mut below = |n: usize| {
        // Knuth's MMIX generator; its high bits are random enough for mutants.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n.max(1)
    };
    let mut merged = 0;
    for _ in 0..MUTANTS {
        let mut input = inputs[below(inputs.len())].clone();
        for _ in 0..=below(3) {
            let at = below(input.len());
            match below(4) {
                0 if below(4) == 0 => input.truncate(at),
                1 if at < input.len() => input[at] = [0, 1, 0x7f, 0x80, 0xff][below(5)],
                _ if at < input.len() => input[at] ^= 1 << below(8),
                _ => {}
            }
        }
        merged += u64::from(fuzzed::accumulators(&input));
    }
    assert!(merged > 0 && merged < MUTANTS, "{merged}");
}
