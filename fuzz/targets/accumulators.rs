#![no_main]

#[path = "../../crates/findings/tests/fuzzed/mod.rs"]
mod fuzzed;

const BEGINNING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/accumulators/whole");

libfuzzer_sys::fuzz_target!(
    init: std::fs::write(BEGINNING, fuzzed::whole()).expect("a corpus"),
    |input: &[u8]| {
        fuzzed::accumulators(input);
    }
);
