#!/usr/bin/env bash
# Sees to it that the Docker Engine has an image for the nodes of clusters, and names it in FILE.
#
#   DOCKER_HOST=… node-image.sh FILE    writes FILE (CARINA_NODE_IMAGE=…), to be sourced
#
# In this order: CARINA_NODE_IMAGE; docker:28-dind, present or pulled; one built from Debian
# packages, for machines that reach no registry. Any image with dockerd in it will do.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

PULLED=docker:28-dind
BUILT=carina-node:local
PACKAGES=docker.io,iptables,iproute2,ca-certificates
SUITE=bookworm
MIRROR=${CARINA_DEBIAN_MIRROR:-}
# A change of these lines makes a new image; nothing else does.
RECIPE=$(printf '1 %s %s %s' "$SUITE" "$PACKAGES" "$MIRROR" | cksum | cut -d' ' -f1)
TAR=$TARGET/node-image.tar

[ $# = 1 ] || die "usage: DOCKER_HOST=… node-image.sh FILE"
OUT=$1
[ -n "${DOCKER_HOST:-}" ] || die "DOCKER_HOST is not set; run engine.sh first and source its env file"

use() {
  write_if_changed "$OUT" <<ENV
export CARINA_NODE_IMAGE=$1
ENV
}

present() { engine_curl "/images/$1/json" --max-time 20 -o /dev/null --fail 2>/dev/null; }
built_here() { engine_curl "/images/$BUILT/json" --max-time 20 2>/dev/null | grep -q "\"io.carina.recipe\":\"$RECIPE\""; }

# pull IMAGE: gives up when nothing came for 60 s, for there may be no way out of this machine.
pull() {
  local name=${1%:*} tag=latest
  case ${1##*/} in *:*) tag=${1##*:} ;; *) name=$1 ;; esac
  quietly pull engine_curl "/images/create?fromImage=$name&tag=$tag" \
    -X POST --speed-limit 1 --speed-time 60 --max-time 900 && present "$1"
}

# The smallest Debian with an engine in it, less what only people read.
build_tar() {
  local tree
  tree=$(mktemp -d "${TMPDIR:-/tmp}/carina-node.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf --one-file-system '$tree'" EXIT
  # shellcheck disable=SC2086
  quietly debootstrap debootstrap --variant=minbase --include="$PACKAGES" "$SUITE" "$tree" $MIRROR ||
    die "the node image could not be built (see $SETUP_LOGS/debootstrap.log); name any image with dockerd that this engine can pull: CARINA_NODE_IMAGE=docker:28-dind make run"
  rm -rf "$tree"/usr/share/{doc,man,info,locale,lintian,bug} "$tree"/var/cache/{apt,debconf}/* \
    "$tree"/var/lib/apt/lists/* "$tree"/var/log/*
  # Each node makes its own id.
  : >"$tree/etc/machine-id"
  tar -C "$tree" --one-file-system --numeric-owner -cf "$TAR.new" .
  mv "$TAR.new" "$TAR"
  printf '%s\n' "$RECIPE" >"$TAR.recipe"
}

import_tar() {
  quietly import engine_curl "/images/create?fromSrc=-&repo=${BUILT%:*}&tag=${BUILT#*:}&changes=LABEL%20io.carina.recipe=$RECIPE" \
    -X POST -H 'Content-Type: application/x-tar' -T "$TAR" --max-time 300 || true
  built_here ||
    die "the engine did not take the node image (see $SETUP_LOGS/import.log); is its disk full? df -h"
}

need curl curl "to talk to the Docker Engine"

if [ -n "${CARINA_NODE_IMAGE:-}" ]; then
  present "$CARINA_NODE_IMAGE" || {
    step "pulling $CARINA_NODE_IMAGE: CARINA_NODE_IMAGE names it for the nodes"
    pull "$CARINA_NODE_IMAGE" ||
      die "$CARINA_NODE_IMAGE could not be pulled (see $SETUP_LOGS/pull.log); correct CARINA_NODE_IMAGE, or let Carina choose: unset CARINA_NODE_IMAGE"
  }
  skip "node image $CARINA_NODE_IMAGE"
  use "$CARINA_NODE_IMAGE"
  exit
fi

for image in "$PULLED" "$BUILT"; do
  if present "$image" && { [ "$image" != "$BUILT" ] || built_here; }; then
    skip "node image $image"
    use "$image"
    exit
  fi
done

# A tarball made before says that pulling did not work on this machine.
if [ "$(cat "$TAR.recipe" 2>/dev/null)" != "$RECIPE" ] || [ ! -s "$TAR" ]; then
  step "pulling $PULLED: the image of a cluster's nodes"
  if pull "$PULLED"; then
    use "$PULLED"
    exit
  fi
  if ! is_root || ! has_apt; then
    die "$PULLED could not be pulled (see $SETUP_LOGS/pull.log); pull or load it by hand: docker pull $PULLED"
  fi
  need debootstrap debootstrap "to build the node image from Debian packages"
  step "building $BUILT from Debian packages: $PULLED cannot be pulled here (about a minute)"
  build_tar
fi
step "importing $BUILT into the engine"
import_tar
use "$BUILT"
