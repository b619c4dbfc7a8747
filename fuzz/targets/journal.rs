#![no_main]

#[path = "../../crates/dataset/tests/fuzzed/mod.rs"]
mod fuzzed;

const BEGINNING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/journal/whole");

libfuzzer_sys::fuzz_target!(
    init: std::fs::write(BEGINNING, fuzzed::whole("journal")).expect("a corpus"),
    |input: &[u8]| {
        fuzzed::journal(input);
    }
);
