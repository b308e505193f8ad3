#!/bin/sh
# The first process of a node: readies the container for an engine, then becomes that engine.
set -eu

# An engine that was killed leaves these behind, and the next one takes them for a running one.
rm -f /var/run/docker.pid /var/run/docker/containerd/containerd.pid

set -- dockerd \
  -H unix:///var/run/docker.sock -H tcp://0.0.0.0:2376 \
  --tlsverify --tlscacert=/carina/ca.pem --tlscert=/carina/cert.pem --tlskey=/carina/key.pem

# The operator's settings of engines, if there are any.
if [ -s /carina/daemon.json ]; then
  set -- "$@" --config-file=/carina/daemon.json
fi

if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  # cgroup v2: a group with processes of its own cannot hand controllers on to the containers in it.
  mkdir -p /sys/fs/cgroup/init
  while read -r pid; do echo "$pid" >/sys/fs/cgroup/init/cgroup.procs || :; done </sys/fs/cgroup/cgroup.procs
  sed -e 's/ / +/g' -e 's/^/+/' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control || :
else
  # cgroup v1: where the host's own tree is mounted, the containers of this node go below the node's
  # group, or its limits would not hold for them.
  group=$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)
  if [ -n "$group" ] && [ "$group" != / ] && [ -d "/sys/fs/cgroup/memory$group" ]; then
    set -- "$@" --cgroup-parent="$group/docker"
  fi
fi

# Something has to collect orphans: the first process, where there is a small one for that.
for init in docker-init tini; do
  if command -v "$init" >/dev/null 2>&1; then
    exec "$init" -- "$@"
  fi
done
exec "$@"
