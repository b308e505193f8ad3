#!/usr/bin/env bash
# Finds, or makes, a Rust toolchain that can compile for wasm32, and writes target/wasm.env.
#
# rustup's own where rustup can fetch the target; else Debian's rustc-web, whose standard library
# for wasm32 is compiled here, once a machine.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

DEBIAN_PACKAGES=(rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy)
DEBIAN_STD=/usr/lib/rustlib/$WASM_TARGET/lib

# has_std RUSTC: this compiler has a standard library for wasm32.
has_std() {
  local sysroot
  sysroot=$("$1" --print sysroot 2>/dev/null) || return 1
  compgen -G "$sysroot/lib/rustlib/$WASM_TARGET/lib/libstd-*.rlib" >/dev/null
}

use_own() {
  write_if_changed "$WASM_ENV" <<'ENV'
export WASM_CARGO=cargo
ENV
}

# /usr/bin first: cargo finds `cargo clippy` and its driver along PATH, and they must be of this
# compiler, not of rustup's.
use_debian() {
  write_if_changed "$WASM_ENV" <<'ENV'
export WASM_CARGO=/usr/bin/cargo RUSTC=/usr/bin/rustc PATH=/usr/bin:$PATH
unset RUSTUP_TOOLCHAIN
ENV
}

# debian_std: compiles the standard library for wasm32 from Debian's sources, and puts it where the
# compiler looks. With its bitcode, without which the dashboard cannot be optimised as a whole.
build_debian_std() {
  local crate
  crate=$(mktemp -d "${TMPDIR:-/tmp}/carina-std.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$crate'" EXIT
  mkdir "$crate/src"
  : >"$crate/src/lib.rs"
  cat >"$crate/Cargo.toml" <<'TOML'
[package]
name = "nothing-but-std"
version = "0.0.0"
edition = "2021"
[profile.release]
opt-level = "s"
panic = "abort"
codegen-units = 1
TOML
  (
    cd "$crate"
    unset RUSTUP_TOOLCHAIN CARGO_ENCODED_RUSTFLAGS
    quietly wasm-std env PATH="/usr/bin:$PATH" CARGO_TARGET_DIR="$crate/target" RUSTC=/usr/bin/rustc \
      RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes /usr/bin/cargo build --release \
      --target "$WASM_TARGET" -Zbuild-std=std,panic_abort,proc_macro,test
  ) || return 1
  rm -f "$crate/target/$WASM_TARGET/release/deps/"libnothing_but_std*
  # Whole or not at all: std is looked for by its file.
  rm -rf "$DEBIAN_STD.new"
  mkdir -p "$DEBIAN_STD.new"
  cp "$crate/target/$WASM_TARGET/release/deps/"*.rlib "$DEBIAN_STD.new/"
  rm -rf "$DEBIAN_STD"
  mv "$DEBIAN_STD.new" "$DEBIAN_STD"
}

# Debian keeps lld apart from the compiler that needs it, in a package named after its LLVM.
install_debian() {
  local lld
  lld=$(apt-cache depends rust-web-llvm 2>/dev/null | grep -oE 'lld-[0-9]+' | sort -u | tail -n 1)
  apt_install "${DEBIAN_PACKAGES[@]}" "${lld:-lld-22}"
}

if has_std rustc; then
  skip "Rust for $WASM_TARGET ($(rustc --version | cut -d' ' -f2))"
  use_own
  exit
fi
if has_std /usr/bin/rustc && [ -x /usr/bin/cargo ]; then
  skip "Rust for $WASM_TARGET (Debian's $(/usr/bin/rustc --version | cut -d' ' -f2))"
  use_debian
  exit
fi

if have rustup; then
  step "rustup target add $WASM_TARGET: the pages' script is Rust compiled for the browser"
  if quietly rustup-wasm timeout 300 rustup target add "$WASM_TARGET" && has_std rustc; then
    use_own
    exit
  fi
  note "rustup cannot fetch it here (see $SETUP_LOGS/rustup-wasm.log)"
fi

if ! is_root || ! has_apt; then
  die "no Rust toolchain here compiles for $WASM_TARGET; get one: rustup target add $WASM_TARGET"
fi
step "installing Debian's rustc-web: it can compile for $WASM_TARGET (half a minute)"
install_debian ||
  die "Debian's rustc-web could not be installed (see $SETUP_LOGS/apt.log); get the target from rustup: rustup target add $WASM_TARGET"
if ! has_std /usr/bin/rustc; then
  step "compiling Rust's standard library for $WASM_TARGET, once for this machine (1-2 minutes)"
  started=$(date +%s)
  build_debian_std ||
    die "the standard library could not be compiled (see $SETUP_LOGS/wasm-std.log); get the target from rustup: rustup target add $WASM_TARGET"
  skip "compiled in $(seconds_since "$started") s"
fi
use_debian
