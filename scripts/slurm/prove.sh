#!/usr/bin/env bash
# Runs a study on a Slurm cluster of this machine's own (cluster.sh), disturbs it, and compares the result with that of an
# undisturbed run, bit for bit. Three minutes on two cores.
#
#   scripts/slurm/prove.sh target/release/cartrial
set -euo pipefail
here=$(dirname "$(realpath "$0")")
# shellcheck source=scripts/slurm/cluster.sh
source "$here/cluster.sh"
cartrial=$(realpath "${1:?the program}")
start_cluster
content_hash() { grep -o '"xxh3-128-sum:[0-9a-f]*"' "$1/manifest.json" | tail -1; }
# A row of the table: a run of some shards must be the undisturbed one.
row() {
    local out=$1 starts=$2 seconds=$3 expected=$6 file
    was_merged "$out"
    for file in summary.json report.html; do
        cmp "$out/$file" "undisturbed/$file" || fail "$out/$file is another"
    done
    [[ $(content_hash "$out") == "$(content_hash undisturbed)" ]] || fail "$out has another content hash"
    ((starts >= expected)) || fail "$out: $starts tasks were started, fewer than $expected: it was not disturbed"
    table+=$(printf '\n%-36s %7s %7s  %s %8s' "$4" "$5" "$starts" "$(content_hash "$out" | tr -d '"')" "$seconds")
}
# A command that must end in a message, having submitted nothing.
refuses() {
    local message=$1 script=$2 code=0
    shift 2
    "$here/$script" "$@" > refusal 2>&1 || code=$?
    if [[ $code != 2 ]] || ! grep -q "$message" refusal; then
        fail "$script $*: exit code $code, $(cat refusal)"
    fi
}

# Some ten seconds of work for each of eight shards.
cat > study.toml <<'TOML'
[study]
name = "proof"
seed = 1
patients = 200_000
days = 365
[solver]
method = "tsit5"
rtol = 1e-10
[run]
part_patients = 256
TOML
table=$(printf '%-36s %7s %7s  %-45s %8s' run shards starts 'content hash' seconds)
SECONDS=0
"$cartrial" run study.toml --out undisturbed --quiet
row undisturbed 1 "$SECONDS" 'at once, two threads' 1 1
export CARTRIAL=$cartrial

refuses 'found "0"' submit.sh study.toml 0
refuses 'invalid.toml' submit.sh invalid.toml 8
refuses 'than this cluster.s arrays may have, 1000' submit.sh study.toml 1001
refuses 'holds manifest.json already' submit.sh study.toml 8 --out undisturbed
refuses 'nothing was submitted to here' resubmit.sh undisturbed
CARTRIAL=no-such refuses 'no-such: no such program' submit.sh study.toml 8
if "$here/submit.sh" study.toml 8 --out quiet --partition=no-such 2> refusal; then fail 'no-such is a partition'; fi
queue_is_empty || fail 'a refused study was submitted'

SECONDS=0
"$here/submit.sh" study.toml 8 --out quiet
refuses 'jobs are still queued or running' resubmit.sh quiet
refuses 'holds slurm/jobs already' submit.sh study.toml 8 --out quiet
until_true 300 queue_is_empty
"$here/resubmit.sh" quiet | grep -q 'Nothing to submit' || fail 'what is whole was submitted again'
row quiet "$(starts quiet)" "$SECONDS" 'Slurm' 8 8

SECONDS=0
"$here/submit.sh" study.toml 8 --out disturbed
lose_node2 disturbed
until_true 60 shard_on node1 disturbed
scancel "$(head -n 1 disturbed/slurm/jobs)_$shard"
echo "shard $shard is cancelled on node1"
until_true 60 state_is node2 down
start_node node2
until_true 60 state_is node2 idle
until_true 400 queue_is_empty
[[ ! -e disturbed/manifest.json ]] || fail 'a study without one of its shards was merged'
grep "shard-$shard-of-8: holds shard $shard/8, which is unfinished" disturbed/slurm/merge.log || fail 'the merge did not say what is missing'
grep -q "shard $shard/8 ended with exit code 143" "disturbed/slurm/shard-$shard.log" || fail 'it did not finish its part'
"$here/resubmit.sh" disturbed
until_true 120 queue_is_empty
row disturbed "$(starts disturbed)" "$SECONDS" 'Slurm, a node lost, a task cancelled' 8 10

SECONDS=0
# Slurm looks at the time every half minute: it tells the task 10 to 40 s after its start, which has a minute of work.
"$here/submit.sh" study.toml 1 --out hasty --time=1 --signal=B:USR1@20
until_true 600 queue_is_empty
row hasty "$(starts hasty)" "$SECONDS" 'Slurm, a minute for each task' 1 2
echo; echo "$table"
