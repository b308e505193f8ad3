#!/usr/bin/env bash
# Finds, or installs, Binaryen's wasm-opt, and writes target/wasm-opt.path. It halves the download;
# where it cannot be had, the site is built without it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

BINARYEN=132.0.0
# Older ones do not know what today's compilers write.
OLDEST=116

version() { "$1" --version 2>/dev/null | grep -oE '[0-9]+' | head -n 1; }
good() { [ "$(version "$1" || echo 0)" -ge "$OLDEST" ] 2>/dev/null; }
use() { write_if_changed "$TARGET/wasm-opt.path" <<<"$1"; }

LOCAL=$TOOLS/node_modules/.bin/wasm-opt
for tool in "$(command -v wasm-opt || true)" "$LOCAL"; do
  if [ -n "$tool" ] && good "$tool"; then
    skip "wasm-opt $(version "$tool")"
    use "$tool"
    exit
  fi
done

if ! have npm; then
  note "no npm here to install wasm-opt with: the download is about twice as large; for the small one: sudo apt-get install npm"
  use ""
  exit
fi
step "installing wasm-opt from npm: it halves what a browser downloads"
if quietly binaryen timeout 300 npm install --prefix "$TOOLS" --no-save --no-package-lock "binaryen@$BINARYEN" &&
  good "$LOCAL"; then
  use "$LOCAL"
else
  note "wasm-opt could not be installed (see $SETUP_LOGS/binaryen.log): the download is about twice as large"
  use ""
fi
