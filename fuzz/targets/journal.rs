#![no_main]

#[path = "../../crates/dataset/tests/fuzzed/mod.rs"]
mod fuzzed;

mod corpus;

libfuzzer_sys::fuzz_target!(init: corpus::begin("journal", &fuzzed::beginnings("journal")), |input: &[u8]| {
    fuzzed::journal(input);
});
