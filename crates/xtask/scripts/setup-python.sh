#!/usr/bin/env bash
# Tools of the tests that come from PyPI, in an environment of their own: target/tools/python.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

WISHES=$SCRIPTS/requirements.txt
HOME_OF_TOOLS=$TOOLS/python
STAMP=$HOME_OF_TOOLS/.installed

if [ "$(cat "$STAMP" 2>/dev/null)" = "$(cksum <"$WISHES")" ]; then
  skip "Python tools of the tests"
  exit
fi
need python3 python3 "for the mail server and the API tester of the tests"
step "installing the Python tools of the tests: a mail server to send to, a tester of APIs"
rm -rf "$HOME_OF_TOOLS"
# Debian keeps venv apart.
quietly python-venv python3 -m venv "$HOME_OF_TOOLS" || {
  rm -rf "$HOME_OF_TOOLS"
  apt_install python3-venv
  quietly python-venv python3 -m venv "$HOME_OF_TOOLS"
} || die "Python's venv is needed and could not be installed; install it: sudo apt-get install python3-venv"
quietly pip timeout 600 "$HOME_OF_TOOLS/bin/pip" install --disable-pip-version-check -r "$WISHES" ||
  die "the Python tools could not be installed (see $SETUP_LOGS/pip.log)"
cksum <"$WISHES" >"$STAMP"
