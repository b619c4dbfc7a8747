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
