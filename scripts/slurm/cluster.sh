# shellcheck shell=bash
# A real Slurm on this machine, a controller and two nodes of one CPU, for scripts that source this file.
#
#   apt-get install -y --no-install-recommends slurmctld slurmd slurm-client munge    # Debian 12
#
# As root: each node is a process namespace of its own, which goes at one blow, as a machine does that loses power.
set -euo pipefail
fail() { echo "$(basename "$0" .sh): $*" >&2; exit 1; }
# No failure of what is tried, and no success.
not_on_this_machine() { echo "$*" >&2; exit 77; }
[[ $EUID == 0 ]] || not_on_this_machine "its daemons need root"
for program in munged mungekey slurmctld slurmd sbatch unshare; do
    command -v "$program" > /dev/null || not_on_this_machine "$program is not installed"
done

daemons=()
declare -A node=()
start_node() {
    unshare --pid --fork --kill-child --mount-proc slurmd -D -N "$1" 2> /dev/null &
    node[$1]=$!
}
end() {
    kill -KILL "$@" || true
    wait "$@" || true
} 2> /dev/null # the shell's own word of it
end_cluster() {
    end "${node[@]}" "${daemons[@]}"
    rm -rf "$work"
}
# The cluster is in a new directory, which is the current one from then on. Both go with the script.
start_cluster() {
    work=$(mktemp -d)
    cd "$work"
    trap end_cluster EXIT
    export SLURM_CONF=$work/slurm.conf
    mungekey --create --keyfile="$work/munge.key"
    munged --foreground --force --key-file=munge.key --socket="$work/munge" --pid-file=munge.pid --seed-file=munge.seed 2> munge.log &
    daemons+=($!)
    cat > slurm.conf <<CONF
ClusterName=here
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
    until_true 30 state_is node1 idle
    until_true 30 state_is node2 idle
}

# Waits for what a command asks, so many seconds at most.
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
# The finished parts of a shard: lines of its journal but the first.
parts() { sed 1d "$1/shard-$2-of-"*/journal.jsonl 2> /dev/null | wc -l; }
# Sets `shard` to the one that is running on a node and has finished some parts.
shard_on() {
    shard=$(squeue --noheader --states=R --nodelist="$1" --format=%K)
    [[ $shard && $(parts "$2" "$shard") -ge 3 ]]
}
# Loses node2 in the middle of a shard.
lose_node2() {
    until_true 60 shard_on node2 "$1"
    end "${node[node2]}"
    unset 'node[node2]'
    echo "node2 is lost, with shard $shard after $(parts "$1" "$shard") of its parts"
}
was_merged() { [[ -e $1/manifest.json ]] || fail "$1 was not merged: $(cat "$1"/slurm/*.log)"; }
# How many tasks were started for the shards of a study.
starts() { cat "$1"/slurm/shard-*.log | grep -c ' start '; }
