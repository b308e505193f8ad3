#!/usr/bin/env bash
# Kills the control plane at random moments, takes its engine, its disk and its clock away, and looks
# after each whether anything broke. Each run prints a seed; SEED=… gives it again.
#
#   chaos.sh long        more than a hundred kills without machines, then thirty with real ones
#   chaos.sh simulated   the short run without machines, for `make test` (about a minute)
#   chaos.sh docker      the short run with real machines, for `make test` (two to four minutes)
#
# Real machines live on an engine of its own, so that it can be stopped; where none can be started
# (that takes root), DOCKER_HOST's is used and stays as it is. What cannot be done here is said in a
# line that begins with SKIPPED.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

ENGINE=$TARGET/chaos-engine
SEED=${SEED:-}
cd "$ROOT"

chaos() { "$TARGET/debug/chaos" --program "$TARGET/debug/control-plane" --work "$TARGET/chaos" ${SEED:+--seed "$SEED"} "$@"; }

# libfaketime, which sets the clock of one process alone.
faketime() { find /usr/lib /usr/local/lib -name libfaketimeMT.so.1 2>/dev/null | head -n 1; }

simulated() {
  local library
  [ -n "$(faketime)" ] || apt_install faketime || true
  library=$(faketime)
  chaos --provisioner simulated ${library:+--faketime "$library"} "$@"
}

own_engine() {
  mkdir -p "$ENGINE/data"
  (unset DOCKER_HOST && "$SCRIPTS/engine.sh" start "$ENGINE")
}

docker() {
  local own=()
  # engine.sh takes an engine that is there, unless this folder has one of its own.
  # What a run that was killed left may keep it from starting; nothing in it is worth keeping. (What is
  # mounted below it stays, and does no harm.)
  if is_root && { own_engine || { rm -rf --one-file-system "$ENGINE" 2>/dev/null || true; own_engine; }; }; then
    trap '"$SCRIPTS/engine.sh" stop "$ENGINE"' EXIT
    unset CARINA_NODE_IMAGE
    # shellcheck disable=SC1091
    . "$ENGINE/env"
    own=(--engine-dir "$ENGINE" --engine-script "$SCRIPTS/engine.sh")
  elif [ -z "${DOCKER_HOST:-}" ]; then
    die "no engine of one's own can be started here; name one to use: DOCKER_HOST=unix:///path/docker.sock make chaos"
  fi
  "$SCRIPTS/node-image.sh" "$TARGET/chaos-image.env"
  # shellcheck disable=SC1091
  . "$TARGET/chaos-image.env"
  chaos --provisioner docker --limit 180 "${own[@]}" "$@"
}

case ${1:-} in
  long)
    need_rust
    step "compiling the control plane and what kills it"
    cargo build -p control-plane -p chaos --bins
    simulated --kills 120 --disk-fulls 6 --clock-jumps 6
    docker --kills 30 --engine-stops 4
    ;;
  simulated) simulated --kills 12 --disk-fulls 2 --clock-jumps 2 ;;
  docker) docker --kills 10 --engine-stops 2 ;;
  *) die "usage: chaos.sh long|simulated|docker" ;;
esac
