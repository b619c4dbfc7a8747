#!/usr/bin/env bash
# What a run does on a disk that is full and on one that is read-only: it says so, keeps what is whole, and goes on later
# to the same results. The disk is a small one in memory, mounted where nobody else sees it (Linux: util-linux' unshare).
#
#   scripts/disk_faults.sh target/release/cartrial
set -euo pipefail
cartrial=$(realpath "${1:?the program}")
if [[ ${2:-} != mounted ]]; then
    exec unshare --map-root-user --mount -- "$0" "$cartrial" mounted
fi

work=$(mktemp -d)
trap 'umount "$work/disk" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
fail() { echo "disk_faults: $*" >&2; exit 1; }
content_hash() { grep -o '"xxh3-128-sum:[0-9a-f]*"' "$1/manifest.json" | tail -1; }
cat > study.toml <<'TOML'
[study]
name = "faults"
seed = 1
patients = 20_000
days = 3
[run]
part_patients = 1024
TOML
"$cartrial" run study.toml --out undisturbed --quiet
size=$(du -sk undisturbed/patients | cut -f1)

mkdir disk
mount -t tmpfs -o "size=$((size / 2))k" tmpfs disk
code=0; "$cartrial" run study.toml --out disk/here --quiet 2> message || code=$?
grep -q 'cannot be written: no space is left on the disk. Free some space and start again.' message || fail "$(cat message)"
[[ $code == 1 ]] || fail "a full disk gave exit code $code"
[[ ! -e disk/here/manifest.json ]] || fail "an unfinished run has a manifest"
kept=$(($(wc -l < disk/here/journal.jsonl) - 1))
[[ $kept -ge 1 && $kept -lt 20 ]] || fail "$kept files are in the journal"
code=0; "$cartrial" run study.toml --out disk/here --quiet --resume 2> message || code=$?
[[ $code == 1 ]] || fail "a disk that is still full gave exit code $code"
mount -o "remount,size=$((size * 3))k" disk
"$cartrial" run study.toml --out disk/here --quiet --resume
[[ $(content_hash disk/here) == "$(content_hash undisturbed)" ]] || fail "the resumed run has another hash"
cmp disk/here/summary.json undisturbed/summary.json
echo "A disk that was full after $kept of 20 files: resumed to the same hash."

mount -o remount,ro disk
refuses() {
    local code=0
    "$cartrial" "$@" > /dev/null 2> message || code=$?
    grep -q 'the disk is read-only' message || fail "$*: $(cat message)"
    [[ $code == 1 ]] || fail "$*: exit code $code"
}
refuses run study.toml --out disk/there
refuses run study.toml --out disk/here --force
refuses analyse disk/here
refuses report disk/here
mount -o remount,rw disk
[[ $(content_hash disk/here) == "$(content_hash undisturbed)" ]] || fail "a read-only disk was written to"
echo "A read-only disk: refused, and nothing was touched."
