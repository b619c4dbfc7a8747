#![no_main]

#[path = "../../crates/dataset/tests/fuzzed/mod.rs"]
mod fuzzed;

const BEGINNING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/manifest/whole");

libfuzzer_sys::fuzz_target!(
    init: std::fs::write(BEGINNING, fuzzed::whole("manifest")).expect("a corpus"),
    |input: &[u8]| {
        fuzzed::manifest(input);
    }
);
