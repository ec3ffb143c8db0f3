#!/bin/bash
# Starts a node of Galera. It joins the others; a new cluster begins on the first node when it has no data yet, and on the node that
# left last when all were stopped in order. After a crash of all three, Galera finds together again by itself (pc.recovery).
set -eu
state=/var/lib/mysql/grastate.dat
arguments=("$@")
if [ ! -e "$state" ] && [ -n "${GALERA_BEGINS:-}" ]; then
    arguments+=(--wsrep-new-cluster)
elif grep -qs '^safe_to_bootstrap: *1' "$state"; then
    arguments+=(--wsrep-new-cluster)
fi
exec docker-entrypoint.sh mariadbd --wsrep-node-address="$(hostname)" "${arguments[@]}"
