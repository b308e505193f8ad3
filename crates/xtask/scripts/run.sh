#!/usr/bin/env bash
# From a fresh checkout to a running dashboard: toolchain, Docker Engine, node image, site, server.
# The second time it only looks whether all is there.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

ENGINE=${CARINA_ENGINE_DIR:-$ROOT/data/engine}
cd "$ROOT"

# The quick things first: what is missing shows within a minute, not after a long build.
need_rust
"$SCRIPTS/engine.sh" start "$ENGINE"
# shellcheck disable=SC1091
. "$ENGINE/env"
"$SCRIPTS/node-image.sh" "$ENGINE/image.env"
# shellcheck disable=SC1091
. "$ENGINE/image.env"

"$SCRIPTS/site.sh"
step "compiling the server (some minutes the first time)"
cargo build --release -p server

site_env
step "starting the dashboard; Ctrl-C ends it, the clusters go on"
exec "$TARGET/release/server" "$@"
