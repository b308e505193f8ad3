#!/usr/bin/env bash
# Finds, or installs, what checks Rust code: rustfmt, clippy, cargo-nextest.
# Only nextest can be done without: `cargo test` then runs the tests, more slowly.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

component() {
  if cargo "$2" --version >/dev/null 2>&1; then
    skip "$1"
    return
  fi
  step "installing $1: make test checks the code with it"
  if have rustup && quietly "rustup-$1" timeout 300 rustup component add "$1"; then return; fi
  # A cargo of Debian's brings none of them.
  if apt_install "$1" && cargo "$2" --version >/dev/null 2>&1; then return; fi
  die "$1 is needed and could not be installed; install it: rustup component add $1"
}

component rustfmt fmt
component clippy clippy

if cargo nextest --version >/dev/null 2>&1; then
  skip "$(cargo nextest --version | head -n 1 | cut -d' ' -f1,2)"
elif [ -e "$TARGET/no-nextest" ]; then
  note "no cargo-nextest; cargo test runs the tests (rm target/no-nextest to try again)"
else
  step "installing cargo-nextest: it runs each test in a process of its own (some minutes, once)"
  # With --locked as its authors ask; without where a version they locked is not served.
  install() { quietly nextest env -u CARGO_TARGET_DIR cargo install cargo-nextest "$@"; }
  if ! install --locked && ! install; then
    note "cargo-nextest could not be installed (see $SETUP_LOGS/nextest.log); cargo test runs the tests"
    : >"$TARGET/no-nextest"
  fi
fi
