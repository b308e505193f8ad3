#!/usr/bin/env bash
# Builds the carina command as it is released, into target/command/carina: one file that needs nothing
# of the machine it runs on but the certificates of authorities, where the control plane speaks HTTPS.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

need_rust
need readelf binutils "to see that the command needs no library"
cd "$ROOT"
host=$(rustc -vV | sed -n 's/^host: //p')
step "compiling the carina command (some minutes the first time)"
# With --target the flags are not those of what runs while it is built.
# Where it is built from is what `carina version` says beside its number.
CARINA_COMMIT=$(git describe --always --dirty --exclude='*' 2>/dev/null || echo dev) RUSTFLAGS="-C target-feature=+crt-static" \
  cargo build -p carina-cli --profile command --target "$host"
built=$TARGET/$host/command/carina
# A library that is linked after all would be missed on the first machine that lacks it.
if readelf --wide --program-headers --dynamic "$built" | grep -E 'INTERP|\(NEEDED\)'; then
  die "$built is not static: it asks for the above; nothing was put into $TARGET/command"
fi
mkdir -p "$TARGET/command"
cp "$built" "$TARGET/command/carina"
skip "$TARGET/command/carina $("$built" version), static: $(($(stat -c %s "$TARGET/command/carina") / 1000)) kB"
