# Thin names for the commands of the README and of CI.

# The paper's study, to results/hanson2016-uniform
study:
    cargo run --release -- run cohorts/hanson2016-uniform.toml --force

# Every test
test:
    cargo test --workspace

# What CI checks before the tests
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# The documentation of the code
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# All that CI does
ci:
    bash .ci/run

# Fuzz a reader, guided by coverage, for so many seconds; fuzz/Cargo.toml has the targets
fuzz target seconds="600":
    cd fuzz && RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing" cargo build --release --target x86_64-unknown-linux-gnu --bin {{target}}
    mkdir -p fuzz/corpus/{{target}}
    fuzz/target/x86_64-unknown-linux-gnu/release/{{target}} -max_total_time={{seconds}} -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=512 fuzz/corpus/{{target}} crates/*/tests/fuzzed/corpus/{{target}}
