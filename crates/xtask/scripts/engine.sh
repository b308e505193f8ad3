#!/usr/bin/env bash
# Finds a Docker Engine for Carina's clusters, or starts one.
#
#   engine.sh start DIR   writes DIR/env (DOCKER_HOST=…), to be sourced
#   engine.sh stop DIR    ends the engine that was started for DIR, if any
#   engine.sh runs DIR    tells by its exit code whether one runs
#
# An engine already there is used before one is started: DOCKER_HOST, the one kept in DIR, this
# machine's own. An engine started here goes on when the dashboard ends: the clusters live in it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

usage() { die "usage: engine.sh start|stop|runs DIR"; }
[ $# = 2 ] || usage
mkdir -p "$2"
DIR=$(cd "$2" && pwd)

# Unix sockets have paths of at most 108 bytes, and the engine puts its own below these folders.
SHORT=$DIR
if [ ${#DIR} -gt 50 ]; then
  SHORT=/tmp/carina-$(printf %s "$DIR" | cksum | cut -d' ' -f1)
fi
OWN_HOST=unix://$SHORT/docker.sock

# own_pid: the engine started for DIR, if it runs. The pid file alone is no proof: after a reboot
# its number may be anybody's.
own_pid() {
  local pid
  pid=$(cat "$DIR/pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -- "$DIR/pid" || return 1
  printf '%s' "$pid"
}

use() {
  write_if_changed "$DIR/env" <<ENV
export DOCKER_HOST=$1
ENV
}

# Where engines usually listen: what the docker client is set to, the system's, rootless, desktop.
usual_hosts() {
  if have docker; then
    docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null || true
  fi
  printf 'unix://%s\n' /var/run/docker.sock "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/docker.sock" \
    "$HOME/.docker/run/docker.sock"
}

# find_usual: one that answers among them. Only then is there nothing to start.
find_usual() {
  local host
  for host in $(usual_hosts); do
    if engine_answers "$host"; then
      skip "Docker Engine at $host (this machine's own)"
      use "$host"
      return 0
    fi
  done
  return 1
}

start_own() {
  local pid
  # A pid file left by a crash keeps dockerd from starting.
  own_pid >/dev/null || rm -f "$DIR/pid"
  mkdir -p "$SHORT"
  # A session of its own: Ctrl-C on the dashboard must not end the clusters with it.
  setsid dockerd --data-root "$DIR/data" --exec-root "$SHORT/exec" -p "$DIR/pid" -H "$OWN_HOST" \
    >"$DIR/log" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 1 120); do
    engine_answers "$OWN_HOST" && break
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.5
  done
  if ! engine_answers "$OWN_HOST"; then
    kill "$pid" 2>/dev/null || true
    die "dockerd does not start here (see $DIR/log: $(tail -n 1 "$DIR/log" | cut -c 1-200)); start any Docker Engine and name it: DOCKER_HOST=unix:///path/docker.sock make run"
  fi
  use "$OWN_HOST"
  skip "Docker Engine at $OWN_HOST; it goes on by itself, '$SCRIPTS/engine.sh stop $DIR' ends it"
}

start() {
  if [ -n "${DOCKER_HOST:-}" ]; then
    engine_answers "$DOCKER_HOST" ||
      die "DOCKER_HOST is $DOCKER_HOST, but no engine answers there; correct it, or go on without it: unset DOCKER_HOST"
    skip "Docker Engine at $DOCKER_HOST (from DOCKER_HOST)"
    use "$DOCKER_HOST"
    return
  fi
  if own_pid >/dev/null && engine_answers "$OWN_HOST"; then
    skip "Docker Engine at $OWN_HOST (runs already)"
    use "$OWN_HOST"
    return
  fi
  # Clusters made earlier are in this folder's engine, so it comes before any other.
  if [ ! -d "$DIR/data" ]; then
    find_usual && return
    if [ -S /var/run/docker.sock ] && ! [ -w /var/run/docker.sock ]; then
      die "there is a Docker Engine here that you may not use; join its group and sign in again: sudo usermod -aG docker $(id -un)"
    fi
  fi
  is_root ||
    die "no Docker Engine answers; start one (for example: sudo apt-get install docker.io && sudo usermod -aG docker $(id -un), then sign in again), or name one in DOCKER_HOST"
  if ! have dockerd || ! have iptables || ! have ip; then
    step "installing docker.io: a cluster's nodes are containers of a Docker Engine"
    apt_install docker.io iptables iproute2 ||
      die "a Docker Engine is needed and could not be installed; install one (https://docs.docker.com/engine/install/) or name one in DOCKER_HOST"
    # On a machine with an init system the package has started one by now.
    [ -d "$DIR/data" ] || ! find_usual || return 0
  fi
  step "starting a Docker Engine in $DIR: no other was found"
  start_own
}

stop() {
  local pid
  if ! pid=$(own_pid); then
    skip "no Docker Engine was started for $DIR"
    rm -f "$DIR/pid"
    return
  fi
  step "stopping the Docker Engine of $DIR (pid $pid), and with it the clusters that run in it"
  kill "$pid"
  for _ in $(seq 1 120); do
    own_pid >/dev/null || return 0
    sleep 0.5
  done
  kill -9 "$pid" 2>/dev/null || true
  note "it did not end within 60 s and was killed"
}

need curl curl "to talk to the Docker Engine"
case $1 in
  start) start ;;
  stop) stop ;;
  runs) own_pid >/dev/null ;;
  *) usage ;;
esac
