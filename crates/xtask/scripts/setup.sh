#!/usr/bin/env bash
# Everything that `make run` and `make test` would install by themselves, at once.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

need_rust
"$SCRIPTS/setup-wasm.sh"
"$SCRIPTS/setup-wasm-opt.sh"
"$SCRIPTS/setup-nextest.sh"
"$SCRIPTS/setup-browser.sh"
"$SCRIPTS/setup-python.sh"
