#!/usr/bin/env bash
# The same bits on aarch64: builds the program for it, runs studies in qemu, and compares the hashes of their rows with those of a program of
# this machine. Minutes to build; then seconds.
#
# Needs a Rust compiler with the standard library of aarch64-unknown-linux-gnu (rustup target add aarch64-unknown-linux-gnu, or RUSTC), and
# from Debian gcc-aarch64-linux-gnu and qemu-user.
#
#   scripts/check_aarch64.sh target/release/cartrial
set -euo pipefail
here=${1:?the program}
target=aarch64-unknown-linux-gnu
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
cargo build --release --target "$target"
there() { qemu-aarch64 -L /usr/aarch64-linux-gnu "${CARGO_TARGET_DIR:-target}/$target/release/cartrial" "$@"; }
hash_of() { grep -o '"xxh3-128-sum:[0-9a-f]*"' "$1/manifest.json" | tail -1; }
there --version
for study in hanson2016-uniform hanson2016-normal rescue relapse; do
    "$here" run "cohorts/$study.toml" --patients 200 --out "$out/here-$study" --quiet
    there run "cohorts/$study.toml" --patients 200 --out "$out/there-$study" --quiet
    [[ $(hash_of "$out/here-$study") == "$(hash_of "$out/there-$study")" ]] || { echo "$study has other bits" >&2; exit 1; }
    cmp "$out/here-$study/summary.json" "$out/there-$study/summary.json"
    echo "$study: $(hash_of "$out/here-$study") on both"
done
