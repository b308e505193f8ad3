#!/usr/bin/env bash
# A Keystone and a Magnum of one's own, on loopback, from PyPI: end2end/magnum/README.md tells what in
# it is real, which variables and labels steer it, and what rig.json holds.
#
#   magnum-rig.sh                sets up, starts in target/magnum/run, tells how to use it
#   magnum-rig.sh setup          installs what it needs into target/magnum; the second time only looks
#   magnum-rig.sh start [DIR]    starts what does not run, with its state in DIR; writes DIR/rig.json
#   magnum-rig.sh stop [DIR]     ends all of it; the state stays for the next start
#   magnum-rig.sh runs [DIR]     names what runs; its exit code tells whether that is all of it
#   magnum-rig.sh fill [DIR] N   puts N clusters that stand into Magnum's database
#   magnum-rig.sh PART-stop [DIR], PART-start [DIR]
#                                one PART alone: keystone, magnum (its API), conductor, stubs. It does
#                                not stop in order: it is killed, as by a crash.
#
# Where PyPI cannot be reached (or Python is too old), setup ends with 75 and a line that begins with
# SKIPPED, and so does what needs it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

RIG=$ROOT/end2end/magnum
MAGNUM=$TARGET/magnum
VENV=$MAGNUM/venv
SEED=$MAGNUM/seed
LOCK=$RIG/requirements.lock
PARTS=(stubs keystone magnum conductor)
SKIPPED=75

# Variables of a start, with what they are when nobody says. What was said once holds for DIR.
SETTINGS=(
  RIG_OP_SECONDS=2 RIG_SYNC_SECONDS=1 RIG_API_ADDRESS=192.0.2.10:6443 RIG_QUOTA=20
  RIG_TOKEN_SECONDS=14400 RIG_TOKEN_CACHE_SECONDS=300 RIG_RPC_SECONDS=60
  RIG_KEYSTONE_PORT= RIG_MAGNUM_PORT= RIG_STUBS_PORT=
)

usage() { die "usage: magnum-rig.sh [setup | start [DIR] | stop [DIR] | runs [DIR] | fill [DIR] N | PART-stop [DIR] | PART-start [DIR]], PART being one of ${PARTS[*]}"; }

skipped() {
  printf 'SKIPPED %s\n' "$*"
  exit "$SKIPPED"
}

# --- Setting up -------------------------------------------------------------------------------

install_packages() {
  local started
  [ "$(cat "$VENV/.installed" 2>/dev/null)" = "$(cksum <"$LOCK")" ] && return
  need python3 python3 "to run Keystone and Magnum"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    skipped "the OpenStack rig: Keystone and Magnum need Python 3.11 or later, and this is $(python3 --version 2>&1)"
  step "installing Keystone and Magnum from PyPI, for tests against real ones (about a minute, 310 MB)"
  started=$(date +%s)
  rm -rf "$VENV"
  # Debian keeps venv apart.
  quietly magnum-venv python3 -m venv "$VENV" || {
    rm -rf "$VENV"
    apt_install python3-venv
    quietly magnum-venv python3 -m venv "$VENV"
  } || die "Python's venv is needed and could not be installed; install it: sudo apt-get install python3-venv"
  # The list is complete, so that nothing has to be worked out.
  quietly magnum-pip timeout 900 "$VENV/bin/pip" install --disable-pip-version-check --retries 2 --timeout 20 --no-deps -r "$LOCK" || {
    # Without an index pip finds no version at all; where it finds some, but not that one, the list is wrong.
    if [ $? = 124 ] || tail -n 5 "$SETUP_LOGS/magnum-pip.log" | grep -qE 'from versions: none|(Connection|Timeout|Resolution|Proxy|SSL|Protocol)Error'; then
      skipped "the OpenStack rig: PyPI cannot be reached (see $SETUP_LOGS/magnum-pip.log)"
    fi
    die "Keystone and Magnum could not be installed (see $SETUP_LOGS/magnum-pip.log)"
  }
  cksum <"$LOCK" >"$VENV/.installed"
  skip "Keystone and Magnum installed in $(seconds_since "$started") s"
}

# What a new rig begins with is made once and copied: tables, keys, people, templates.
seed_stamp() { cat "$LOCK" "$RIG"/etc/* "$RIG"/bin/{furnish,magnum_schema,stubs}.py | cksum; }

make_seed() (
  local started manage url part
  [ "$(cat "$SEED/stamp" 2>/dev/null)" = "$(seed_stamp)" ] && return
  step "making the tables, keys, people and templates of a new rig, once (about half a minute)"
  started=$(date +%s)
  # Not with what somebody wants of one rig.
  unset "${!RIG_@}"
  use_dir "$MAGNUM/seed.new"
  stop >/dev/null
  rm -rf "$DIR"
  use_dir "$MAGNUM/seed.new"
  mkdir -p keystone/{fernet-keys,credential-keys}
  chmod 700 keystone/*-keys
  settle
  manage=("$VENV/bin/keystone-manage" --config-file keystone/keystone.conf)
  url=http://127.0.0.1:$RIG_KEYSTONE_PORT/v3
  {
    quietly magnum-seed "${manage[@]}" db_sync &&
      quietly magnum-seed "${manage[@]}" fernet_setup --keystone-user "$(id -un)" --keystone-group "$(id -gn)" &&
      quietly magnum-seed "${manage[@]}" credential_setup --keystone-user "$(id -un)" --keystone-group "$(id -gn)" &&
      quietly magnum-seed "${manage[@]}" bootstrap --bootstrap-username admin --bootstrap-password adminpw \
        --bootstrap-project-name admin --bootstrap-role-name admin --bootstrap-service-name keystone \
        --bootstrap-region-id RegionOne --bootstrap-public-url "$url" --bootstrap-internal-url "$url" \
        --bootstrap-admin-url "$url" &&
      quietly magnum-seed "$VENV/bin/python" "$RIG/bin/magnum_schema.py" --config-file magnum/magnum-api.conf
  } || die "the tables of Keystone and Magnum could not be made (see $SETUP_LOGS/magnum-seed.log)"
  for part in stubs keystone magnum; do launch_part "$part"; done
  for part in stubs keystone magnum; do await "$part"; done
  quietly magnum-seed "$VENV/bin/python" "$RIG/bin/furnish.py" "$RIG_KEYSTONE_PORT" "$RIG_MAGNUM_PORT" "$RIG_STUBS_PORT" ||
    die "the new rig could not be furnished (see $SETUP_LOGS/magnum-seed.log)"
  stop >/dev/null
  # A reader never waits for a writer then; the setting stays with the file.
  "$VENV/bin/python" -c 'import sqlite3, sys
for file in sys.argv[1:]:
    sqlite3.connect(file).execute("PRAGMA journal_mode=WAL")' keystone/keystone.db magnum/magnum.db
  rm -rf log pid bus settings
  seed_stamp >stamp
  rm -rf "$SEED"
  mv "$DIR" "$SEED"
  skip "made in $(seconds_since "$started") s"
)

setup() {
  mkdir -p "$MAGNUM"
  need curl curl "to ask whether Keystone and Magnum answer"
  (
    # Tests that begin at the same time set up one after the other.
    ! have flock || flock 9
    install_packages
    make_seed
  ) 9>"$MAGNUM/.setup-lock"
}

# --- Settings of a rig ------------------------------------------------------------------------

# use_dir DIR: the rig the verbs are about. Its processes run there, and all their paths begin there.
use_dir() {
  mkdir -p "$1"
  DIR=$(cd "$1" && pwd -P)
  cd "$DIR"
  mkdir -p keystone magnum log pid bus
}

# free_ports WANTED...: a port of loopback's for each; another one than wanted if that is taken. Below
# the range the system itself gives to connections.
free_ports() {
  "$VENV/bin/python" - "$@" <<'PY'
import random, socket, sys
held = []
for wanted in sys.argv[1:]:
    for port in [int(wanted or 0)] + [random.randrange(20000, 32000) for _ in range(200)]:
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if port:
                s.bind(("127.0.0.1", port))
                held.append(s)
                print(port)
                break
        except OSError:
            s.close()
PY
}

# settle: each setting is what the environment says, else what it was at the last start, else what it is
# when nobody says; then writes the configuration.
settle() {
  local setting name ports
  for setting in "${SETTINGS[@]}"; do
    name=${setting%%=*}
    [ -n "${!name:-}" ] || printf -v "$name" '%s' "$(sed -n "s/^$name=//p" settings 2>/dev/null || true)"
    [ -n "${!name}" ] || printf -v "$name" '%s' "${setting#*=}"
    export "${name?}"
  done
  # While a part runs, the ports are taken by it and stay what they are.
  if ! any_runs; then
    mapfile -t ports < <(free_ports "$RIG_KEYSTONE_PORT" "$RIG_MAGNUM_PORT" "$RIG_STUBS_PORT")
    [ ${#ports[@]} = 3 ] || die "no free ports were found on loopback"
    RIG_KEYSTONE_PORT=${ports[0]} RIG_MAGNUM_PORT=${ports[1]} RIG_STUBS_PORT=${ports[2]}
  fi
  for setting in "${SETTINGS[@]}"; do
    name=${setting%%=*}
    printf '%s=%s\n' "$name" "${!name}"
  done >settings
  [ ! -e rig.json ] || "$VENV/bin/python" "$RIG/bin/readdress.py" "$RIG_KEYSTONE_PORT" "$RIG_MAGNUM_PORT" "$RIG_STUBS_PORT"
  render "$RIG/etc/keystone.conf.in" keystone >keystone/keystone.conf
  render "$RIG/etc/magnum.conf.in" magnum >magnum/magnum-api.conf
  render "$RIG/etc/magnum.conf.in" conductor >magnum/magnum-conductor.conf
  cp "$VENV/etc/magnum/api-paste.ini" magnum/
  # Python's own ways: nothing is written beside the sources, and no proxy stands between.
  export PYTHONPATH=$RIG/driver PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore XDG_CACHE_HOME=$MAGNUM/cache NO_PROXY='*' no_proxy='*'
}

# render FILE NAME: FILE with each @SETTING@ filled in; @NAME@ is what the log is called.
render() {
  local text setting name
  text=$(cat "$1")
  for setting in "${SETTINGS[@]}"; do
    name=${setting%%=*}
    text=${text//"@$name@"/"${!name}"}
  done
  printf '%s\n' "${text//@NAME@/$2}"
}

# --- Processes --------------------------------------------------------------------------------

# pid_of PART: its process, if it runs. A pid file alone is no proof, for after a reboot its number may be
# anybody's; one that works in DIR is ours.
pid_of() {
  local pid
  pid=$(cat "pid/$1" 2>/dev/null) && [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$DIR" ] && printf '%s' "$pid"
}

any_runs() {
  local part
  for part in "${PARTS[@]}"; do
    ! pid_of "$part" >/dev/null || return 0
  done
  return 1
}

# serve PORT CONFIG APPLICATION, under gunicorn.
serve() {
  RIG_BIND=127.0.0.1:$1 RIG_ARGV="--config-file $2" launch "$PART" "$VENV/bin/gunicorn" -c "$RIG/bin/gunicorn.conf.py" "$3"
}

# launch PART COMMAND...: in a session of its own, so that Ctrl-C elsewhere does not end it and all its
# children can be ended at once.
launch() {
  local part=$1
  shift
  setsid "$@" >>"log/$part.out" 2>&1 </dev/null 9>&- &
  echo $! >"pid/$part"
  # The shell has nothing to say when it ends.
  disown
}

launch_part() {
  local PART=$1
  pid_of "$PART" >/dev/null && return
  rm -f "pid/$PART"
  case $PART in
    stubs) launch "$PART" "$VENV/bin/python" "$RIG/bin/stubs.py" "$RIG_STUBS_PORT" ;;
    keystone) serve "$RIG_KEYSTONE_PORT" keystone/keystone.conf keystone.wsgi.api:application ;;
    magnum) serve "$RIG_MAGNUM_PORT" magnum/magnum-api.conf magnum.wsgi.api:application ;;
    conductor)
      rm -f pid/conductor-ready
      RIG_READY_FILE=pid/conductor-ready launch "$PART" "$VENV/bin/python" "$RIG/bin/conductor.py" --config-file magnum/magnum-conductor.conf
      ;;
  esac
}

answers() {
  case $1 in
    stubs) gets "$RIG_STUBS_PORT/image" ;;
    keystone) gets "$RIG_KEYSTONE_PORT/v3" ;;
    magnum) gets "$RIG_MAGNUM_PORT/" ;;
    conductor) [ -e pid/conductor-ready ] ;;
  esac
}
gets() { curl -fs --noproxy '*' --max-time 5 -o /dev/null "http://127.0.0.1:$1"; }

await() {
  local part=$1 started
  started=$(date +%s)
  until answers "$part"; do
    if ! pid_of "$part" >/dev/null || [ "$(seconds_since "$started")" -ge 120 ]; then
      die "$part does not answer (see $DIR/log/$part.out: $(tail -n 1 "log/$part.out" | cut -c 1-200))"
    fi
    sleep 0.1
  done
}

# group_lives PID: something of that process's group works in DIR. (A process that ended and that nobody
# asked after works nowhere.)
group_lives() {
  local cwd
  while read -r cwd; do
    # The group is the third word after the name, which is in brackets.
    [ "$(sed 's/.*) //' "${cwd%/cwd}/stat" 2>/dev/null | cut -d' ' -f3)" != "$1" ] || return 0
  done < <(find /proc -maxdepth 2 -name cwd -lname "$DIR" 2>/dev/null)
  return 1
}

# end_part PART: it and what it has started, by force: nothing in a rig is lost by that, and to end in
# order takes the conductor five seconds.
end_part() {
  local pid
  pid=$(cat "pid/$1" 2>/dev/null) || return 0
  for _ in $(seq 1 100); do
    group_lives "$pid" || break
    kill -KILL -- "-$pid" 2>/dev/null || true
    sleep 0.02
  done
  rm -f "pid/$1"
}

# --- Verbs ------------------------------------------------------------------------------------

start() {
  local started part
  setup
  started=$(date +%s)
  [ -e rig.json ] || cp -a "$SEED/." .
  [ "$(cat stamp 2>/dev/null)" = "$(cat "$SEED/stamp")" ] ||
    note "$DIR was made by another version of the rig; to begin anew: $0 stop $DIR && rm -r $DIR"
  settle
  for part in "${PARTS[@]}"; do launch_part "$part"; done
  for part in "${PARTS[@]}"; do await "$part"; done
  skip "Keystone and Magnum answer, after $(seconds_since "$started") s: $DIR/rig.json"
}

stop() {
  local part
  for part in "${PARTS[@]}"; do end_part "$part"; done
  skip "no Keystone and no Magnum run in $DIR"
}

runs() {
  local part all=0
  for part in "${PARTS[@]}"; do
    if pid_of "$part" >/dev/null; then echo "$part"; else all=1; fi
  done
  return "$all"
}

start_part() {
  setup
  [ -e rig.json ] || die "there is no rig in $DIR yet; make one: $0 start $DIR"
  settle
  launch_part "$1"
  await "$1"
}

fill() {
  [ -e rig.json ] || die "there is no rig in $DIR yet; make one: $0 start $DIR"
  settle
  "$VENV/bin/python" "$RIG/bin/fill.py" "$1"
}

# What a person wants to know of it.
tell() {
  cat <<TEXT

Keystone   http://127.0.0.1:$RIG_KEYSTONE_PORT/v3   (all of it: $DIR/rig.json)
People     alice, carol (members of project demo), rita (reader of demo), bob (member of other),
           each with the password userpw; admin (of project admin) with adminpw
Dashboard  CARINA_BACKEND=magnum OS_AUTH_URL=http://127.0.0.1:$RIG_KEYSTONE_PORT/v3 make run
To stop    $SCRIPTS/magnum-rig.sh stop
TEXT
}

VERB=${1:-run}
[ $# = 0 ] || shift
COUNT=
if [ "$VERB" = fill ]; then
  COUNT=${!#}
  case $COUNT in '' | *[!0-9]*) usage ;; esac
  set -- "${@:1:$#-1}"
fi
case $VERB in
  run | setup) [ $# = 0 ] || usage ;;
  start | stop | runs | fill | keystone-* | magnum-* | conductor-* | stubs-*) [ $# -le 1 ] || usage ;;
  *) usage ;;
esac
DIR=${1:-$MAGNUM/run}
PART=${VERB%-*}
case $VERB in
  setup) ;;
  stop | runs | *-stop)
    # Where nothing is, nothing runs.
    [ -d "$DIR" ] || exit "$([ "$VERB" = runs ] && echo 1 || echo 0)"
    use_dir "$DIR"
    ;;
  *) use_dir "$DIR" ;;
esac
case $VERB in
  run)
    # Long enough to be watched.
    RIG_OP_SECONDS=${RIG_OP_SECONDS:-15}
    start
    tell
    ;;
  setup)
    setup
    skip "Keystone and Magnum for tests"
    ;;
  start | stop | runs) "$VERB" ;;
  fill) fill "$COUNT" ;;
  keystone-stop | magnum-stop | conductor-stop | stubs-stop) end_part "$PART" ;;
  keystone-start | magnum-start | conductor-start | stubs-start) start_part "$PART" ;;
  *) usage ;;
esac
