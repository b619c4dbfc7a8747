#!/usr/bin/env bash
# Runs a study on a real Slurm, a controller and two nodes of one CPU on this machine, disturbs it, and compares the result
# with that of an undisturbed run, bit for bit. Six and a half minutes on two busy cores.
#
#   apt-get install -y --no-install-recommends slurmctld slurmd slurm-client munge    # Debian 12
#   scripts/slurm/prove.sh target/release/cartrial
#
# As root: each node is a process namespace of its own, which goes at one blow, as a machine does that loses power.
set -euo pipefail
cartrial=$(realpath "${1:?the program}")
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
cd "$work"
fail() { echo "prove: $*" >&2; exit 1; }
[[ $EUID == 0 ]] || fail "Slurm's daemons need root here."
for program in munged mungekey slurmctld slurmd sbatch unshare; do
    command -v "$program" > /dev/null || fail "$program is not installed."
done

daemons=()
declare -A node=()
start_node() {
    unshare --pid --fork --kill-child --mount-proc slurmd -D -N "$1" 2> /dev/null &
    node[$1]=$!
}
lose() {
    kill -KILL "$@" || true
    wait "$@" || true
} 2> /dev/null # the shell's own word of it
end() {
    lose "${node[@]}" "${daemons[@]}"
    rm -rf "$work"
}
trap end EXIT
mungekey --create --keyfile="$work/munge.key"
munged --foreground --force --key-file=munge.key --socket="$work/munge" --pid-file=munge.pid --seed-file=munge.seed 2> munge.log &
daemons+=($!)
export SLURM_CONF=$work/slurm.conf
cat > slurm.conf <<CONF
ClusterName=prove
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=26817
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool-%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/%n.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/%n.log
SlurmdTimeout=10
ReturnToService=2
NodeName=node1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=26818
NodeName=node2 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=26819
PartitionName=all Nodes=node1,node2 Default=YES MaxTime=60 State=UP
CONF
printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\nCgroupMountpoint=%s\n' "$work/cgroup" > cgroup.conf
mkdir state cgroup spool-node1 spool-node2
slurmctld -D 2> /dev/null &
daemons+=($!)
start_node node1
start_node node2
until_true() {
    local seconds=$1
    shift
    for ((; seconds > 0; seconds--)); do
        if "$@"; then return; fi
        sleep 1
    done
    sinfo --Node; squeue; tail -n 20 slurmctld.log
    fail "in vain: $*"
} >&2
state_is() { [[ $(sinfo --noheader --format=%T --nodes="$1" 2> /dev/null) == "$2"* ]]; }
queue_is_empty() {
    # Slurm holds a task that is queued again back for two minutes. Nothing here is won by waiting.
    squeue --noheader --states=PENDING --format='%i %r' | sed -n 's/ BeginTime$//p' |
        xargs -I{} scontrol update JobId={} StartTime=now 2> /dev/null || true
    [[ -z $(squeue --noheader) ]]
}
# The shard that is running on a node and has finished some parts.
shard_on() {
    shard=$(squeue --noheader --states=R --nodelist="$1" --format=%K)
    [[ $shard && $(wc -l < "$2/shard-$shard-of-8/journal.jsonl") -gt "$3" ]]
} 2> /dev/null
content_hash() { grep -o '"xxh3-128-sum:[0-9a-f]*"' "$1/manifest.json" | tail -1; }
# A row of the table: a run of some shards must be the undisturbed one.
row() {
    local out=$1 starts=$2 seconds=$3 expected=$6 file
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
starts() { cat "$1"/slurm/shard-*.log | grep -c ' start '; }

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
part_patients = 1024
TOML
table=$(printf '%-36s %7s %7s  %-45s %8s' run shards starts 'content hash' seconds)
SECONDS=0
"$cartrial" run study.toml --out undisturbed --quiet
row undisturbed 1 "$SECONDS" 'at once, two threads' 1 1
until_true 30 state_is node1 idle
until_true 30 state_is node2 idle
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
until_true 60 shard_on node2 disturbed 3
lose "${node[node2]}"
echo "node2 is lost, with shard $shard after $(($(wc -l < "disturbed/shard-$shard-of-8/journal.jsonl") - 1)) of its parts"
until_true 60 shard_on node1 disturbed 3
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
"$here/submit.sh" study.toml 2 --out hasty --time=1 --signal=B:USR1@20
until_true 600 queue_is_empty
row hasty "$(starts hasty)" "$SECONDS" 'Slurm, a minute for each task' 2 4
echo; echo "$table"
