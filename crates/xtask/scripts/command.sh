#!/usr/bin/env bash
# Builds the carina command as it is released, into target/command/carina: one file that needs nothing
# of the machine it runs on but the certificates of authorities, where the control plane speaks HTTPS.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

need_rust
cd "$ROOT"
host=$(rustc -vV | sed -n 's/^host: //p')
step "compiling the carina command (some minutes the first time)"
# With --target the flags are not those of what runs while it is built.
RUSTFLAGS="-C target-feature=+crt-static" \
  cargo build -p carina-cli --profile command --target "$host"
mkdir -p "$TARGET/command"
cp "$TARGET/$host/command/carina" "$TARGET/command/carina"
skip "$TARGET/command/carina: $(($(stat -c %s "$TARGET/command/carina") / 1000)) kB"
