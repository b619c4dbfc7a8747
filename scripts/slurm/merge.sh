#!/usr/bin/env bash
#SBATCH --job-name=cartrial-merge
#SBATCH --time=30
#SBATCH --requeue
#SBATCH --open-mode=append
# Puts the shards of a study together: the job that waits for the array job of resubmit.sh.
set -euo pipefail
cartrial=$1 out=$2 here=$3
export RAYON_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}
code=0
# What it would replace is a merge of the same shards that was cut short: submit.sh accepts no directory with other results.
"$cartrial" merge "$out" --out "$out" --force || code=$?
[[ $code == 0 || -e $out/manifest.json ]] || echo "Run what is missing: $here/resubmit.sh $out" >&2
exit "$code"
