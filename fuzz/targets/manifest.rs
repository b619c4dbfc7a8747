#![no_main]

#[path = "../../crates/dataset/tests/fuzzed/mod.rs"]
mod fuzzed;

mod corpus;

libfuzzer_sys::fuzz_target!(init: corpus::begin("manifest", &fuzzed::beginnings("manifest")), |input: &[u8]| {
    fuzzed::manifest(input);
});
