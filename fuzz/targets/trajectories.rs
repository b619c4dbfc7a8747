#![no_main]

#[path = "../../crates/dataset/tests/fuzzed/mod.rs"]
mod fuzzed;

mod corpus;

libfuzzer_sys::fuzz_target!(init: corpus::begin("trajectories", &fuzzed::beginnings("trajectories")), |input: &[u8]| {
    fuzzed::trajectories(input);
});
