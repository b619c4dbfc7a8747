#!/usr/bin/env bash
# Runs a study in K shards on a Slurm cluster of this machine's own (cluster.sh), if asked to with a node lost in the middle,
# and prints how many tasks were started and how many seconds it took. Exit code 77: not on this machine.
#
#   scripts/slurm/run_here.sh PROGRAM STUDY K OUT [lose-a-node]
set -euo pipefail
here=$(dirname "$(realpath "$0")")
# shellcheck source=scripts/slurm/cluster.sh
source "$here/cluster.sh"
[[ $# == 4 || ($# == 5 && $5 == lose-a-node) ]] || fail "usage: $0 PROGRAM STUDY K OUT [lose-a-node]"
CARTRIAL=$(realpath "$1")
export CARTRIAL
study=$(realpath "$2") of=$3 out=$(realpath "$4")
start_cluster

SECONDS=0
"$here/submit.sh" "$study" "$of" --out "$out" >&2
[[ $# == 4 ]] || lose_node2 "$out" >&2
until_true 600 queue_is_empty
was_merged "$out"
echo "$(starts "$out") $SECONDS"
