#!/usr/bin/env bash
# What the end-to-end tests need besides Rust: two browsers, what drives them, a docker client, unzip,
# fonts.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

BROWSER_ENV=$TARGET/browser.env

# A Chromium of the system's: no other may be downloaded on every machine.
find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }

if [ -z "$(find_chromium)" ]; then
  need chromium chromium "the end-to-end tests drive a real browser"
fi
CHROMIUM=$(find_chromium)
skip "browser $CHROMIUM"

# The second browser, for the main path.
find_firefox() { command -v firefox-esr || command -v firefox || true; }

# Before 150, what drives it cannot look at a page whose Content-Security-Policy forbids eval. A package
# list that came with the machine may still offer one of those.
is_old_firefox() { [ "$("$1" --version 2>/dev/null | grep -oE '[0-9]+' | head -n 1)" -lt 150 ]; }

if [ -z "$(find_firefox)" ]; then
  need firefox-esr firefox-esr "the end-to-end tests drive a second browser"
fi
FIREFOX=$(find_firefox)
if is_old_firefox "$FIREFOX" && has_apt && is_root; then
  step "upgrading firefox-esr: the tests need one from 150 on"
  quietly apt-update apt-get update || true
  apt_install firefox-esr || true
fi
! is_old_firefox "$FIREFOX" ||
  die "$("$FIREFOX" --version) is too old for the tests: they need 150 or newer; upgrade it, for example: sudo apt-get update && sudo apt-get install firefox-esr"
skip "browser $FIREFOX"

# Without a font with real metrics the screenshots show boxes. Only Debian lacks fonts by default.
if has_apt && ! compgen -G '/usr/share/fonts/truetype/liberation*/*' >/dev/null; then
  step "installing fonts-liberation: pages need letters"
  apt_install fonts-liberation || note "no fonts could be installed; screenshots may look odd"
fi

have docker || {
  # Debian 12 has the client in docker.io, later ones in docker-cli.
  step "installing a docker client: the tests use a cluster as its owner would"
  apt_install docker-cli || apt_install docker.io || true
  have docker || die "a docker client is needed and could not be installed; install one: sudo apt-get install docker-cli"
}
need unzip unzip "the tests open a cluster's bundle of credentials"
need curl curl "the tests talk to the server"

need npm npm "to install Playwright, which drives the browser"
cd "$ROOT/end2end"
[ -e package.json ] || die "end2end/package.json is missing; the end-to-end tests cannot be set up without it"
STAMP=node_modules/.installed
wanted() { cat package.json package-lock.json 2>/dev/null | cksum; }
if [ "$(cat "$STAMP" 2>/dev/null)" = "$(wanted)" ]; then
  skip "npm packages of end2end/"
else
  step "installing the npm packages of end2end/: they drive the browsers"
  install=install
  [ ! -e package-lock.json ] || install=ci
  # Playwright's own browsers are not used.
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 quietly npm timeout 600 npm "$install" ||
    die "the npm packages could not be installed (see $SETUP_LOGS/npm.log); try: cd end2end && npm $install"
  wanted >"$STAMP"
fi

write_if_changed "$BROWSER_ENV" <<ENV
export CHROMIUM=$CHROMIUM FIREFOX=$FIREFOX
ENV
