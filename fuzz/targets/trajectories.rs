#![no_main]

#[path = "../../crates/dataset/tests/fuzzed/mod.rs"]
mod fuzzed;

const BEGINNING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/trajectories/whole");

libfuzzer_sys::fuzz_target!(
    init: std::fs::write(BEGINNING, fuzzed::whole("trajectories")).expect("a corpus"),
    |input: &[u8]| {
        fuzzed::trajectories(input);
    }
);
