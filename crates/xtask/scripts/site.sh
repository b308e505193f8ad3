#!/usr/bin/env bash
# Builds the site that a browser loads into target/site: the dashboard for wasm32, the style, the
# public files. Done in a second when nothing changed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

"$SCRIPTS/setup-wasm.sh"
"$SCRIPTS/setup-wasm-opt.sh"
cd "$ROOT"

step "compiling the dashboard for the browser (some minutes the first time)"
wasm_cargo build "${WASM_ARGS[@]}" --target "$WASM_TARGET" --profile wasm-release

step "making target/site: what a browser downloads, hashed and compressed"
args=(--wasm "$TARGET/wasm/$WASM_TARGET/wasm-release/app.wasm" --out "$TARGET/site")
wasm_opt=$(cat "$TARGET/wasm-opt.path")
[ -z "$wasm_opt" ] || args+=(--wasm-opt "$wasm_opt")
# XTASK: a binary that was built already, with the rest of the workspace.
if [ -n "${XTASK:-}" ]; then
  "$XTASK" site "${args[@]}"
else
  cargo run -p xtask -- site "${args[@]}"
fi
