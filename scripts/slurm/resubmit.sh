#!/usr/bin/env bash
# Submits what is missing of a study that submit.sh has submitted: the shards without results, then the merge.
#
#   scripts/slurm/resubmit.sh DIR [sbatch options…]
#
# Options are added to those given to submit.sh, and take precedence: --time=60 for tasks that ran out of time.
set -euo pipefail
fail() { echo "error: $*" >&2; exit 2; }
[[ $# -ge 1 ]] || fail "usage: $0 DIR [sbatch options…]"
here=$(dirname "$(realpath "$0")")
[[ -e $1/slurm/submission ]] || fail "$1: nothing was submitted to here. Begin with $here/submit.sh."
out=$(realpath "$1")
mapfile -t submission < "$out/slurm/submission"
cartrial=${submission[0]} study=${submission[1]} of=${submission[2]}
options=("${submission[@]:3}" "${@:2}")

# squeue fails if it knows none of the jobs any more.
if [[ -e $out/slurm/jobs ]] && queued=$(squeue --noheader --jobs="$(paste -sd, "$out/slurm/jobs")" 2> /dev/null) &&
    [[ -n $queued ]]; then
    fail "$out: jobs are still queued or running. Wait for them, or cancel them first:"$'\n'"$queued"
fi

# A shard that is whole has its manifest, which is written last. Neighbours become one range: 3,7-9.
ranges='' missing=0
for ((i = 1; i <= of; i++)); do
    [[ ! -e $out/shard-$i-of-$of/manifest.json ]] || continue
    missing=$((missing + 1))
    first=$i
    while ((i < of)) && [[ ! -e $out/shard-$((i + 1))-of-$of/manifest.json ]]; do
        i=$((i + 1)) missing=$((missing + 1))
    done
    ranges+=${ranges:+,}$first$( ((i == first)) || echo "-$i")
done
if ((missing == 0)) && [[ -e $out/manifest.json ]]; then
    echo "$out: all $of shards are there and merged. Nothing to submit."
    exit
fi

# The first line of what sbatch prints is the job, on some clusters with the cluster's name behind a semicolon.
submit() { sbatch --parsable "${options[@]}" "$@" | cut -d';' -f1; }
dependency=()
: > "$out/slurm/jobs"
if ((missing)); then
    array=$(submit --array="$ranges" --output="$out/slurm/shard-%a.log" "$here/shard.sh" "$cartrial" "$study" "$of" "$out")
    echo "$array" >> "$out/slurm/jobs"
    echo "$missing of $of shards: job $array, tasks $ranges"
    # Not afterok, which would leave the merge waiting for ever after a failure: the merge itself says what is missing.
    dependency=(--dependency="afterany:$array")
fi
merge=$(submit "${dependency[@]}" --output="$out/slurm/merge.log" "$here/merge.sh" "$cartrial" "$out" "$here")
echo "$merge" >> "$out/slurm/jobs"
echo "merge: job $merge, results and logs: $out"
