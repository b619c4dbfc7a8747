#!/usr/bin/env bash
#SBATCH --job-name=cartrial
#SBATCH --time=30
#SBATCH --requeue
#SBATCH --signal=B:USR1@60
#SBATCH --open-mode=append
# One shard of a study as a task of the array job that resubmit.sh submits.
#
# Slurm queues a task again that is preempted or loses its node, but not one that runs out of time. That one is told a
# minute before (USR1, to this shell alone), finishes the part in hand, and queues itself again.
set -euo pipefail
cartrial=$1 study=$2 of=$3 out=$4
shard=$SLURM_ARRAY_TASK_ID
# The journal of an unfinished shard has a line for each part, after one that says what it is. Where not all rows are stored,
# no part is kept, and the shard begins again.
parts() { { sed 1d "$out/shard-$shard-of-$of/journal.jsonl" 2> /dev/null || true; } | wc -l; }
say() { echo "$(date +%T) shard $shard/$of $*"; }
before=$(parts)
say "on ${SLURMD_NODENAME:-$HOSTNAME}, start $((${SLURM_RESTART_COUNT:-0} + 1)), from part $before"

out_of_time=no run=''
trap 'out_of_time=yes; kill -TERM "$run" 2> /dev/null || true' USR1
# A task that is cancelled or preempted: Slurm tells every process of it, and a second signal would lose the part in hand.
trap : TERM
"$cartrial" run "$study" --shard "$shard/$of" --out "$out" --threads "${SLURM_CPUS_PER_TASK:-1}" --quiet &
run=$!
# A signal ends `wait`, but not the run.
while kill -0 "$run" 2> /dev/null; do wait "$run" || true; done
code=0
wait "$run" || code=$?

if [[ $out_of_time == yes && $code == 143 ]]; then
    if [[ $(parts) == "$before" ]]; then
        echo "error: not one part was finished in the time of the job. Give more with --time, or cut the study into more shards." >&2
        exit 1
    fi
    say "is out of time, and queued again"
    trap - TERM
    # Not $SLURM_JOB_ID, which for one of the tasks is the name of the whole array.
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$shard"
    # Slurm ends this script. If it ended by itself, that might be taken for the end of the task that has just been queued.
    sleep 120
fi
say "ended with exit code $code"
exit "$code"
