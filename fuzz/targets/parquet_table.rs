#![no_main]

#[path = "../../crates/cohort/tests/fuzzed/mod.rs"]
mod fuzzed;

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzzed::parquet_table(input));
