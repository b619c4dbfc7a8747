#!/usr/bin/env bash
# Compares cartrial with its peers: sets everything up under target/, prints one table. Options: --help.
#
#     bash scripts/peers/run.sh --patients 200000 --json peers.json
#
# Needs Python 3.11 or later and the Rust toolchain. Takes a few minutes; leave the machine alone meanwhile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
target=${CARGO_TARGET_DIR:-target}
export PYTHONDONTWRITEBYTECODE=1

python3 -m venv "$target/peers-venv"
python=$target/peers-venv/bin/python
"$python" -m pip install --quiet --disable-pip-version-check --requirement scripts/peers/requirements.txt
cargo build --release --quiet --package cartrial
cargo build --release --quiet --package cartrial-runner --example solve
exec "$python" scripts/peers/compare.py --target "$target" "$@"
