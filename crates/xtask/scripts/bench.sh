#!/usr/bin/env bash
# Measures what is promised, in release builds, each figure beside a floor from the same run. Figures
# that miss their gate are marked; that is for people to judge, so it is no failure, but for the scores
# of Lighthouse.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

ENGINE=$TARGET/engine
cd "$ROOT"

need_rust
need openssl openssl "to make the certificates of the floor"
mine=false
"$SCRIPTS/engine.sh" runs "$ENGINE" || mine=true
"$SCRIPTS/engine.sh" start "$ENGINE"
# shellcheck disable=SC1091
. "$ENGINE/env"
if $mine && "$SCRIPTS/engine.sh" runs "$ENGINE"; then
  trap '"$SCRIPTS/engine.sh" stop "$ENGINE"' EXIT
fi
"$SCRIPTS/node-image.sh" "$ENGINE/image.env"
# shellcheck disable=SC1091
. "$ENGINE/image.env"
"$SCRIPTS/setup-browser.sh"
"$SCRIPTS/site.sh"
"$SCRIPTS/command.sh"
step "compiling what is measured, as it is released"
cargo build --release -p server -p control-plane --bins --examples

step "measuring long lists"
"$TARGET/release/examples/lists"

step "measuring clusters and pages"
# shellcheck disable=SC1091
. "$TARGET/browser.env"
site_env
cd "$ROOT/end2end"
CARINA_SERVER_BIN=$TARGET/release/server npx playwright test --config bench.config.ts --reporter=line
