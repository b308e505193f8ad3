#!/usr/bin/env bash
# Every check of the project, cheapest first, counted. Ends with `N passed, N failed`; fails when
# one failed or none ran. What a part prints is in target/test-logs/, and its end here if it failed.
# shellcheck disable=SC2317 # most functions here are called by name
set -euo pipefail
. "$(dirname "$0")/lib.sh"

LOGS=$TARGET/test-logs
ENGINE=$TARGET/engine
PASSED=0 FAILED=0 SKIPPED=0
rm -rf "$LOGS"
mkdir -p "$LOGS"
cd "$ROOT"

# --- Counting ---------------------------------------------------------------------------------

# run NAME COMMAND...: into a log; its end is shown when it fails.
run() {
  local name=$1 log=$LOGS/$1.log started status=0
  shift
  started=$(date +%s)
  step "$name"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" = 0 ]; then
    printf ' ok %s (%s s)\n' "$name" "$(seconds_since "$started")"
  else
    printf 'xx  %s failed (%s s), the end of %s:\n' "$name" "$(seconds_since "$started")" "$log"
    tail -n 60 "$log" | sed 's/^/    | /'
  fi
  return "$status"
}

# check NAME COMMAND...: one test, passed or failed.
check() {
  if run "$@"; then
    PASSED=$((PASSED + 1))
  else
    FAILED=$((FAILED + 1))
    return 1
  fi
}

# fail WHY: one more failure, of something that is no command.
fail() {
  printf 'xx  %s\n' "$*"
  FAILED=$((FAILED + 1))
}

# skip_part NAME WHY: what it needs has failed above.
skip_part() {
  note "$1 is skipped: $2"
  SKIPPED=$((SKIPPED + 1))
}

# tests NAME COUNTER COMMAND...: a run of many tests; COUNTER prints "PASSED FAILED SKIPPED".
tests() {
  local name=$1 counter=$2 status=0 p f s
  shift 2
  run "$name" "$@" || status=$?
  read -r p f s <<<"$("$counter")"
  printf '    %s: %s passed, %s failed, %s skipped\n' "$name" "$p" "$f" "$s"
  PASSED=$((PASSED + p)) FAILED=$((FAILED + f)) SKIPPED=$((SKIPPED + s))
  if [ $((p + f)) = 0 ]; then
    fail "$name: no test ran"
  elif [ "$status" != 0 ] && [ "$f" = 0 ]; then
    fail "$name: failed outside of its tests"
  fi
}

# number_before WORD: the number that stands before WORD in standard input, or 0.
number_before() {
  local text
  text=$(cat)
  if [[ $text =~ ([0-9]+)\ $1 ]]; then echo "${BASH_REMATCH[1]}"; else echo 0; fi
}

# Summary [ 1.2s] 10 tests run: 8 passed (1 slow), 1 failed, 1 timed out, 2 skipped
count_nextest() {
  local line
  line=$(sed 's/\x1b\[[0-9;]*m//g' "$LOGS/rust-tests.log" | grep -E '^ *Summary \[' | tail -n 1 || true)
  line=${line#*tests run:}
  line=${line#*test run:}
  printf '%s %s %s\n' "$(number_before passed <<<"$line")" \
    $(($(number_before failed <<<"$line") + $(number_before 'timed out' <<<"$line") + $(number_before 'exec failed' <<<"$line"))) \
    "$(number_before skipped <<<"$line")"
}

# test result: ok. 3 passed; 0 failed; 1 ignored; …, once for each binary
count_cargo_test() {
  awk '/^test result:/ { for (i = 2; i <= NF; i++) { if ($i == "passed;") p += $(i-1); if ($i == "failed;") f += $(i-1); if ($i == "ignored;") s += $(i-1) } }
       END { print p + 0, f + 0, s + 0 }' "$LOGS/rust-tests.log"
}

# A test that passed only when tried again is no failure, but is not hidden either.
count_playwright() { count_json playwright; }
count_magnum() { count_json magnum; }
count_json() {
  # shellcheck disable=SC2016
  node -e '
    const { stats } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    if (stats.flaky) console.error(`    ${stats.flaky} passed only when tried again`);
    console.log(stats.expected + stats.flaky, stats.unexpected, stats.skipped);
  ' "$LOGS/$1.json" 2>/dev/null || echo 0 0 0
}

# failed_names: which tests failed, a line each, for whoever sees only the end of all this.
failed_names() {
  cat "$LOGS/rust-tests.log" "$LOGS/end-to-end.log" "$LOGS/magnum.log" 2>/dev/null | sed 's/\x1b\[[0-9;]*m//g' |
    grep -E '^ *(FAIL|TIMEOUT|ABORT|SIG[A-Z]+|✘) ' | sed -E 's/^ *//; s/ +/ /g' | sort -u || true
}

# --- The engine -------------------------------------------------------------------------------

LABELLED='filters=%7B%22label%22%3A%5B%22io.carina.cluster%22%5D%7D'
ids() { { grep -oE '"Id":"[0-9a-f]+"' || true; } | cut -d'"' -f4; }
containers() { engine_curl "/containers/json?all=1&$LABELLED" | ids; }
networks() { engine_curl "/networks?$LABELLED" | ids; }

# What a test run that was killed left in the tests' own engine.
clear_own_engine() {
  local id
  for id in $(containers); do
    engine_curl "/containers/$id?force=1&v=1" -X DELETE -o /dev/null
  done
  for id in $(networks); do
    engine_curl "/networks/$id" -X DELETE -o /dev/null
  done
}

start_engine() {
  local mine=false
  "$SCRIPTS/engine.sh" runs "$ENGINE" || mine=true
  "$SCRIPTS/engine.sh" start "$ENGINE" || return 1
  # shellcheck disable=SC1091
  . "$ENGINE/env"
  if $mine && "$SCRIPTS/engine.sh" runs "$ENGINE"; then
    trap '"$SCRIPTS/engine.sh" stop "$ENGINE"' EXIT
    clear_own_engine
  fi
  "$SCRIPTS/node-image.sh" "$ENGINE/image.env" || return 1
  # shellcheck disable=SC1091
  . "$ENGINE/image.env"
}

# --- The parts --------------------------------------------------------------------------------

# The dashboard in the browser must not drag the server in.
no_server_in_browser() {
  local tree
  tree=$(cargo tree "${WASM_TREE[@]}" --target "$WASM_TARGET" -e normal --prefix none) || return 1
  ! grep -E '^(tokio|axum|sqlx|mio|bollard|reqwest|leptos_router|leptos_meta)[ -]' <<<"$tree"
}
# cargo tree knows no --lib.
WASM_TREE=(-p app --no-default-features --features hydrate)

# What a browser downloads to wake a page up, at most, in bytes after Brotli.
size_budget() { "$TARGET/debug/xtask" budget --site "$TARGET/site" --max 250000; }

end_to_end_types() (
  cd "$ROOT/end2end" || exit
  npx tsc --noEmit
)

end_to_end() (
  cd "$ROOT/end2end" || exit
  # shellcheck disable=SC1091
  . "$TARGET/browser.env"
  site_env
  CARINA_SERVER_BIN=$TARGET/debug/server PLAYWRIGHT_JSON_OUTPUT_NAME=$LOGS/playwright.json \
    PLAYWRIGHT_JSON_OUTPUT_FILE=$LOGS/playwright.json FORCE_COLOR=0 \
    timeout -k 10 1800 npx playwright test --reporter=list,json
)

# The dashboard in front of a real Keystone and a real Magnum. A run that was cut short leaves them running.
magnum() (
  cd "$ROOT/end2end" || exit
  # shellcheck disable=SC1091
  . "$TARGET/browser.env"
  site_env
  local status=0
  CARINA_SERVER_BIN=$TARGET/debug/server PLAYWRIGHT_JSON_OUTPUT_NAME=$LOGS/magnum.json \
    PLAYWRIGHT_JSON_OUTPUT_FILE=$LOGS/magnum.json FORCE_COLOR=0 \
    timeout -k 10 360 npx playwright test -c magnum.config.ts --reporter=list,json || status=$?
  "$SCRIPTS/magnum-rig.sh" stop "$TARGET/magnum/tests"
  exit "$status"
)

# set_up_magnum: what these tests need, made before their time runs. Its exit code, 75 where PyPI cannot
# be reached.
set_up_magnum() {
  step magnum-rig
  "$SCRIPTS/magnum-rig.sh" setup 2>&1 </dev/null | tee "$LOGS/magnum-rig.log" | sed 's/^/    /'
}

# chaos NAME KIND: kills and other faults; what cannot be dealt here is skipped, and counted.
chaos() {
  check "$1" "$SCRIPTS/chaos.sh" "$2" || return 0
  grep -E '^chaos: ' "$LOGS/$1.log" | sed 's/^/    /'
  local why
  while read -r why; do skip_part "a part of $1" "$why"; done < <(sed -n 's/^ *SKIPPED //p' "$LOGS/$1.log")
}

STARTED=$(date +%s)
need_rust
"$SCRIPTS/setup-nextest.sh"
run python-tools "$SCRIPTS/setup-python.sh" || fail "no Python tools: the tests that need a mail server will fail"
# `carina env` is tried in each shell that is here; bash and sh always are.
for shell in zsh fish busybox; do
  have "$shell" && continue
  step "installing $shell: what carina env prints is tried in it"
  if ! apt_install "$shell" || ! have "$shell"; then
    skip_part "carina env in $shell" "it could not be installed; install it, for example: sudo apt-get install $shell"
  fi
done
check formatting cargo fmt --all --check || true
check no-server-in-browser no_server_in_browser || true
check clippy cargo clippy --workspace --all-targets -- -D warnings || true

wasm=false
if run wasm-toolchain "$SCRIPTS/setup-wasm.sh"; then
  wasm=true
  check clippy-wasm wasm_cargo clippy "${WASM_ARGS[@]}" --target "$WASM_TARGET" --profile wasm-release -- -D warnings || true
else
  fail "no toolchain for $WASM_TARGET"
fi

engine=false before=
if start_engine; then
  engine=true
  before=$(containers; networks)
else
  fail "no Docker Engine with a node image: the tests that need one will fail"
fi

# One build for the tests, the binaries and what fills a data folder for them: the same packages, so the
# same features of each crate.
# The cloud of the tests. The command's tests use it as well, where it is there.
rig=0
set_up_magnum || rig=$?
if [ "$rig" = 75 ]; then
  skip_part "carina over a cloud" "$(sed -n 's/^SKIPPED //p' "$LOGS/magnum-rig.log" | tail -n 1)"
fi

built=false
if check build cargo build --workspace --bins --tests --example fill; then
  built=true
  if cargo nextest --version >/dev/null 2>&1; then
    tests rust-tests count_nextest timeout -k 10 1800 cargo nextest run --workspace --no-fail-fast --color never \
      --status-level fail --final-status-level fail --failure-output final
  else
    tests rust-tests count_cargo_test timeout -k 10 1800 cargo test --workspace --no-fail-fast --bins --lib --tests
  fi
else
  skip_part rust-tests "the workspace does not build"
fi

if $built; then
  chaos chaos-simulated simulated
  chaos chaos-docker docker
else
  skip_part chaos "the workspace does not build"
fi

# The control plane, held to what it says of itself.
if ! $built; then
  skip_part contract "it needs the control plane"
elif run python-tools "$SCRIPTS/setup-python.sh"; then
  check contract "$SCRIPTS/contract.sh" || true
else
  fail "no schemathesis to hold the control plane to its description"
fi

site=false
if ! $wasm || ! $built; then
  skip_part site "it needs the toolchain for $WASM_TARGET and a workspace that builds"
elif XTASK=$TARGET/debug/xtask check site "$SCRIPTS/site.sh"; then
  site=true
  check size-budget size_budget || true
  tail -n 2 "$LOGS/size-budget.log"
fi

if ! $built || ! $site || ! $engine; then
  skip_part end-to-end "it needs the server, the site and a Docker Engine"
elif run browser "$SCRIPTS/setup-browser.sh"; then
  check end-to-end-types end_to_end_types || true
  tests end-to-end count_playwright end_to_end
else
  fail "no browser for the end-to-end tests"
fi

# Last of all that needs a browser: it brings its own cloud, and takes it away again.
if ! $built || ! $site; then
  skip_part magnum "it needs the server and the site"
elif ! run browser "$SCRIPTS/setup-browser.sh"; then
  fail "no browser for the tests in front of a cloud"
else
  case $rig in
    0) tests magnum count_magnum magnum ;;
    75) skip_part magnum "$(sed -n 's/^SKIPPED //p' "$LOGS/magnum-rig.log" | tail -n 1)" ;;
    *) fail "Keystone and Magnum could not be set up (see $LOGS/magnum-rig.log)" ;;
  esac
fi

if $engine; then
  left=$(comm -13 <(sort <<<"$before") <( (containers; networks) | sort) | grep . || true)
  if [ -n "$left" ]; then
    fail "the tests left containers or networks labelled io.carina.cluster on the engine: $(tr '\n' ' ' <<<"$left")"
  fi
fi

printf '\nin %s s; logs in %s\n' "$(seconds_since "$STARTED")" "$LOGS"
status=0
if [ "$FAILED" != 0 ] || [ "$PASSED" = 0 ]; then status=1; fi
[ "$FAILED" = 0 ] || failed_names
# The engine stops before the last line, which is the count.
if [ -n "$(trap -p EXIT)" ]; then
  trap - EXIT
  "$SCRIPTS/engine.sh" stop "$ENGINE" || true
fi
result="$PASSED passed, $FAILED failed"
[ "$SKIPPED" = 0 ] || result="$result, $SKIPPED skipped"
printf '%s\n' "$result"
exit "$status"
