#![no_main]

#[path = "../../crates/dataset/tests/fuzzed/mod.rs"]
mod fuzzed;

mod corpus;

libfuzzer_sys::fuzz_target!(init: corpus::begin("part", &fuzzed::beginnings("part")), |input: &[u8]| {
    fuzzed::part(input);
});
