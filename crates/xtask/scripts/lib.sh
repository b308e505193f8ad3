# shellcheck shell=bash
# What the scripts share: how they speak, how they install, how they talk to a Docker Engine.
# Sourced, never run. Every script sources it right after `set -euo pipefail`.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
SCRIPTS=$ROOT/crates/xtask/scripts
TARGET=$ROOT/target
TOOLS=$TARGET/tools
SETUP_LOGS=$TARGET/setup-logs
WASM_ENV=$TARGET/wasm.env
export WASM_TARGET=wasm32-unknown-unknown
# One place for binaries, whatever the user's own settings say: the scripts look for them there.
export CARGO_TARGET_DIR=$TARGET
# npm's advertising and apt's questions have no place in a build.
export DEBIAN_FRONTEND=noninteractive npm_config_fund=false npm_config_audit=false \
  npm_config_update_notifier=false
mkdir -p "$TOOLS" "$SETUP_LOGS"

# --- Speaking ---------------------------------------------------------------------------------

# One line before work starts: what is done and why.
step() { printf '==> %s\n' "$*"; }
# One line instead of work: it is there already.
skip() { printf ' ok %s\n' "$*"; }
# Something is missing that one can do without.
note() { printf ' !! %s\n' "$*"; }
# The end: one sentence, and what would help.
die() {
  printf 'xx  %s\n' "$*" >&2
  exit 1
}

# --- Looking and installing -------------------------------------------------------------------

have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }
has_apt() { have apt-get && [ -e /etc/debian_version ]; }

# quietly LOG COMMAND...: its output goes to LOG, and nothing is printed.
quietly() {
  local log=$SETUP_LOGS/$1.log
  shift
  "$@" >"$log" 2>&1 </dev/null
}

# apt_install PACKAGE...: Debian packages; with a fresh package list only if the old one will not do.
apt_install() {
  has_apt && is_root || return 1
  quietly apt apt-get install -y --no-install-recommends "$@" && return 0
  quietly apt-update apt-get update || true
  quietly apt apt-get install -y --no-install-recommends "$@"
}

# need COMMAND PACKAGE WHY: COMMAND is there, or is installed from Debian's PACKAGE, or the end.
need() {
  have "$1" && return 0
  step "installing $2: $3"
  apt_install "$2" && have "$1" && return 0
  die "$1 is needed ($3) and could not be installed; install it, for example: sudo apt-get install $2"
}

# need_rust: cargo, and the C compiler that some crates bring their C to.
need_rust() {
  have cargo || die "Rust is needed; install it, then open a new shell: https://rustup.rs"
  need cc build-essential "to compile the crates that contain C"
}

# seconds_since START: for "in N s".
seconds_since() { printf '%s' $(($(date +%s) - $1)); }

# write_if_changed FILE: standard input becomes FILE, left alone (with its time) when equal.
write_if_changed() {
  local new
  new=$(cat)
  [ -e "$1" ] && [ "$(cat "$1")" = "$new" ] && return 0
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$new" >"$1"
}

# --- Docker Engine ----------------------------------------------------------------------------

# engine_curl PATH [CURL OPTION...]: a request to the engine DOCKER_HOST names.
# curl and not the docker client, so that nobody needs the client to run Carina.
engine_curl() {
  local path=$1
  shift
  case ${DOCKER_HOST:?} in
    unix://*) curl -sS --noproxy '*' --unix-socket "${DOCKER_HOST#unix://}" "$@" "http://localhost$path" ;;
    tcp://*)
      if [ -n "${DOCKER_TLS_VERIFY:-}" ]; then
        local certs=${DOCKER_CERT_PATH:-$HOME/.docker}
        curl -sS --cacert "$certs/ca.pem" --cert "$certs/cert.pem" --key "$certs/key.pem" \
          "$@" "https://${DOCKER_HOST#tcp://}$path"
      else
        curl -sS "$@" "http://${DOCKER_HOST#tcp://}$path"
      fi
      ;;
    *) return 1 ;;
  esac
}

# engine_answers HOST: an engine answers at HOST, and we may talk to it.
engine_answers() {
  [ "$(DOCKER_HOST=$1 engine_curl /_ping --max-time 5 2>/dev/null || true)" = OK ]
}

# --- Building for the browser -----------------------------------------------------------------

# wasm_cargo ARG...: cargo with the toolchain that has wasm32 (setup-wasm.sh found it), in a target
# directory of its own: it may be another compiler, and two compilers in one directory rebuild
# everything each time they take turns.
wasm_cargo() {
  [ -e "$WASM_ENV" ] || "$SCRIPTS/setup-wasm.sh"
  (
    # shellcheck disable=SC1090
    . "$WASM_ENV"
    cd "$ROOT" || exit
    CARGO_TARGET_DIR=$TARGET/wasm "${WASM_CARGO:?}" "$@"
  )
}

# The features of the browser's half of the dashboard; builds, lints and guards must agree on them.
# shellcheck disable=SC2034
WASM_ARGS=(-p app --lib --no-default-features --features hydrate)

# site_env: tells the server where the site is. Leptos looks for hash.txt beside the server's
# binary unless it is told otherwise.
site_env() {
  export LEPTOS_SITE_ROOT=${LEPTOS_SITE_ROOT:-$TARGET/site} LEPTOS_OUTPUT_NAME=app LEPTOS_HASH_FILES=true
  export LEPTOS_HASH_FILE_NAME=$LEPTOS_SITE_ROOT/hash.txt
}
