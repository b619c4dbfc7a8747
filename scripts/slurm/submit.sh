#!/usr/bin/env bash
# Runs a study on a Slurm cluster: an array job with a task for each of K shards, and a job that merges them when all of
# them have ended.
#
#   scripts/slurm/submit.sh STUDY K [--out DIR] [sbatch options…]
#   scripts/slurm/submit.sh cohorts/million.toml 16 --cpus-per-task=8 --partition=short --time=20
#
# DIR is results/NAME unless given, and has to be on a disk that all nodes share. Logs go to DIR/slurm. sbatch options go
# to both jobs; without them, a task has what the cluster's defaults give and 30 minutes.
#
# K: tasks of 5 to 20 minutes start soon and lose little. One shard, timed beforehand on a node, tells how many those are:
#   time cartrial run STUDY --shard 1/1000 --out trial
# `cartrial plan STUDY --shards K` shows the patients of each shard and its size on disk.
#
# A task that is preempted, loses its node or runs out of time is queued again and goes on where it was. For tasks that
# failed or were cancelled: scripts/slurm/resubmit.sh DIR.
set -euo pipefail
fail() { echo "error: $*" >&2; exit 2; }
[[ $# -ge 2 ]] || fail "usage: $0 STUDY K [--out DIR] [sbatch options…]"
here=$(dirname "$(realpath "$0")")
study=$1 of=$2 out='' options=()
shift 2
while (($#)); do
    case $1 in
        --out) [[ $# -ge 2 ]] || fail "--out: needs a directory. Name one after it."; out=$2; shift ;;
        --out=*) out=${1#--out=} ;;
        *) options+=("$1") ;;
    esac
    shift
done

cartrial=$(command -v "${CARTRIAL:-cartrial}") ||
    fail "${CARTRIAL:-cartrial}: no such program. Put cartrial into PATH, or its path into CARTRIAL."
[[ $of =~ ^[1-9][0-9]*$ ]] || fail "K: expected a number of shards, such as 16, found \"$of\"."
plan=$("$cartrial" plan "$study" --shards "$of") || exit # it has said why
out=$(realpath --canonicalize-missing "${out:-results/${plan%%:*}}") # the plan begins with the study's name
for made in manifest.json patients slurm/jobs; do
    [[ ! -s $out/$made ]] ||
        fail "$out: holds $made already. Go on with $here/resubmit.sh $out, or give another directory with --out."
done
largest=$(scontrol show config | sed -n 's/^MaxArraySize *= //p')
((of < largest)) || fail "K: $of tasks are more than this cluster's arrays may have, $((largest - 1)). Take fewer shards."

mkdir -p "$out/slurm"
printf '%s\n' "$(realpath "$cartrial")" "$(realpath "$study")" "$of" "${options[@]}" > "$out/slurm/submission"
head -n 1 <<< "$plan"
exec "$here/resubmit.sh" "$out"
