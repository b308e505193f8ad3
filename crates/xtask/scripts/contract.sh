#!/usr/bin/env bash
# Holds a running control plane to what it says of itself: schemathesis asks every operation of
# /v2/openapi.json, well and badly, and judges the answers. Clusters are simulated.
#
#   contract.sh [SECONDS]    how long it may ask (default 90)
set -euo pipefail
. "$(dirname "$0")/lib.sh"

SECONDS_AT_MOST=${1:-90}
BINARY=$TARGET/debug/control-plane
SCHEMATHESIS=$TOOLS/python/bin/schemathesis
[ -x "$BINARY" ] || die "there is no $BINARY; build it: cargo build -p control-plane"
[ -x "$SCHEMATHESIS" ] || "$SCRIPTS/setup-python.sh"

FOLDER=$(mktemp -d)
PLANE=
end() {
  local status=$?
  if [ -n "$PLANE" ]; then
    kill "$PLANE" 2>/dev/null || true
    wait "$PLANE" 2>/dev/null || true
  fi
  # What it said is worth reading when it did not hold.
  if [ "$status" != 0 ] && [ -e "$FOLDER/log" ]; then
    grep -vE ' INFO ' "$FOLDER/log" | tail -n 30 || true
  fi
  rm -rf "$FOLDER"
}
trap end EXIT

# A port of the system's choosing: the control plane says which.
PASSWORD=$(head -c 24 /dev/urandom | base64 | tr -d '+/=')
CARINA_DATA_DIR=$FOLDER/data CARINA_API_LISTEN=127.0.0.1:0 CARINA_PROVISIONER=simulated \
  CARINA_ADMIN_PASSWORD=$PASSWORD CARINA_MAX_CLUSTERS=100000 CARINA_MAX_NODES=100 \
  "$BINARY" >"$FOLDER/log" 2>&1 </dev/null &
PLANE=$!
API=
for _ in $(seq 100); do
  API=$(sed -n 's/^Control plane: //p' "$FOLDER/log")
  [ -z "$API" ] || break
  kill -0 "$PLANE" 2>/dev/null || die "the control plane did not start: $(tail -n 3 "$FOLDER/log")"
  sleep 0.1
done
[ -n "$API" ] || die "the control plane did not start in ten seconds"

# With the password: what a key has let in ends with the key, and keys are revoked here.
CREDENTIALS='{"auth":{"passwordCredentials":{"username":"admin","password":"'$PASSWORD'"}}}'
TOKEN=$(curl -sSf --noproxy '*' -d "$CREDENTIALS" "$API/v2.0/tokens" | grep -oE '"id":"[^"]{20,}"' | head -n 1 | cut -d'"' -f4)
[ -n "$TOKEN" ] || die "the control plane did not let its own account in"

# Somebody to be changed and closed.
OTHER=$(curl -sSf --noproxy '*' -H "X-Auth-Token: $TOKEN" -d '{"username":"other"}' "$API/v2/accounts" |
  grep -oE '"id":"[0-9a-f-]{36}"' | head -n 1 | cut -d'"' -f4)
[ -n "$OTHER" ] || die "the control plane made no second account"

cd "$FOLDER"
CARINA_TOKEN=$TOKEN CARINA_OTHER=$OTHER NO_PROXY='*' timeout -k 10 $((SECONDS_AT_MOST * 2 + 60)) "$SCHEMATHESIS" \
  --config-file "$SCRIPTS/contract.toml" run "$API/v2/openapi.json" \
  --phases examples,coverage,fuzzing,stateful --max-time "$SECONDS_AT_MOST" --no-color
