#![no_main]

#[path = "../../crates/findings/tests/fuzzed/mod.rs"]
mod fuzzed;

mod corpus;

libfuzzer_sys::fuzz_target!(init: corpus::begin("accumulators", &[fuzzed::whole()]), |input: &[u8]| {
    fuzzed::accumulators(input);
});
