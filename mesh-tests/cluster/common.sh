# shellcheck shell=bash
# What up, down and load share; sourced, never run.
#
# The cluster's files lie in one folder, the state: WEFT_CLUSTER_STATE or /var/tmp/weft-cluster (short, because the paths of sockets in
# it have at most 107 characters). One cluster runs at a time on a machine, whichever checkout started it: the addresses and the name
# of the network namespace are fixed. The file $owner names the state of the one that runs.

state=$(realpath -m "${WEFT_CLUSTER_STATE:-/var/tmp/weft-cluster}")
namespace=weftkube
owner=/run/$namespace.state
host_link=kubeveth0

say() { printf 'cluster: %s\n' "$*" >&2; }

refuse() {
    say "$1"
    shift
    [ $# -eq 0 ] || printf '         %s\n' "$@" >&2
    exit 1
}

# ctr of this cluster's container runtime, in the namespace that the kubelet uses.
images() { ctr -a "$state/containerd/containerd.sock" -n k8s.io "$@"; }

# Whether the part with that name runs, by the process id that up wrote down.
alive() {
    local pid
    pid=$(cat "$state/run/$1.pid" 2>/dev/null) && [ -d "/proc/$pid" ] && ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null
}
