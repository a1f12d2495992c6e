# What all drills share; sourced by each, first of all. A drill plays on a machine of its own: a network of loopback
# alone, an empty /var/lib, an /etc whose changes stay here, processes that end with it. There it makes the store of the
# page (/var/lib/zonestore, port 53), breaks it, and runs the very commands of deploy/RUNBOOK.md, which stand between
# "#: page" and "#: end". It ends with 0 when all is as the page says, with 77 where such a machine cannot be made.
#
# shellcheck shell=bash

drill_file="$(readlink -f "$0")"
drill_lib="$(dirname "$drill_file")/lib"
dnsd_program="${DNSD_BINARY:-/usr/bin/dnsd}"
zonectl_program="${ZONECTL_BINARY:-/usr/lib/zonestore/zonectl}"
drill_clock="${DRILL_CLOCK:-}" # the preload of clock.cc
readonly store=/var/lib/zonestore scratch=/mnt
readonly said=$scratch/said log=$scratch/dnsd.log

enter_machine_of_its_own() {
  [[ -n "${DRILL_INSIDE:-}" ]] && return
  if [[ "$(id -u)" -ne 0 ]] || ! unshare --net --mount --pid --fork true 2>/dev/null; then
    echo "SKIPPED: needs root, for namespaces of its own"
    exit 77
  fi
  # shellcheck disable=SC2016
  DRILL_INSIDE=1 exec unshare --net --mount --propagation private --pid --fork --kill-child --mount-proc bash -c '
    set -e
    ip link set lo up
    mount -t tmpfs -o mode=755 tmpfs /mnt
    mkdir /mnt/upper /mnt/work /mnt/lib
    mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
    mount --bind /mnt/lib /var/lib
    chmod 755 /var/lib
    rm -f /etc/resolv.conf
    echo "nameserver 127.0.0.1" >/etc/resolv.conf
    cd /mnt
    exec "$@"' bash "$drill_file" "$@"
}

fail() {
  {
    echo "FAILED: $*"
    echo "--- what was said last"
    tail -n 30 "$said"
    echo "--- dnsd"
    tail -n 15 "$log"
  } >&9 2>&1
  exit 1
}

tell() { printf '%s: %s\n' "$(basename "$drill_file")" "$*"; }

# What a page's commands find in place of the machine's: the programs under test, and a systemd of one service.
zonectl() {
  if [[ -n "$drill_clock" ]]; then
    LD_PRELOAD="$drill_clock" "$zonectl_program" "$@"
  else
    "$zonectl_program" "$@"
  fi
}

# One that a drill interrupts: its id is in $background.
background=
zonectl_in_background() {
  (
    [[ -n "$drill_clock" ]] && export LD_PRELOAD="$drill_clock"
    exec "$zonectl_program" "$@"
  ) >"$scratch/background" 2>&1 &
  background=$!
}

sql() { sqlite3 -cmd '.timeout 20000' "$store/zone.db" "$1"; }
audited() { [[ "$(sql "SELECT count(*) FROM audit WHERE command LIKE '$1%'")" -gt 0 ]]; }

dnsd() { "$dnsd_program" "$@"; }

journalctl() { cat "$log"; }

systemctl() {
  local verb="$1" unit="${2:-dnsd}"
  case "$verb $unit" in
    "start zonectl-maintain"*) zonectl --actor maintain maintain ;;
    "stop zonectl-maintain"* | "start zonectl-check"* | "stop zonectl-check"*) ;;
    start*) start_dnsd ;;
    stop*) stop_dnsd ;;
    restart*) stop_dnsd && start_dnsd ;;
    reload*) kill -HUP "$dnsd_pid" ;;
    *) fail "no systemctl $*" ;;
  esac
}

dnsd_pid=
dnsd_arguments=()

start_dnsd() {
  # As the unit does: a journal that a dead writer has left is rolled back first.
  zonectl store recover >>"$log" 2>&1 || true
  "$dnsd_program" --listen 127.0.0.1:53 "${dnsd_arguments[@]}" >>"$log" 2>&1 &
  dnsd_pid=$!
  until_true "dnsd to be ready" ready
}

ready() { tail -n 20 "$log" | grep -q "event=ready .*pid=$dnsd_pid\b" || ! kill -0 "$dnsd_pid" 2>/dev/null; }

stop_dnsd() {
  [[ -z "$dnsd_pid" ]] && return
  kill -TERM "$dnsd_pid" 2>/dev/null || true
  wait "$dnsd_pid" || true
  dnsd_pid=
}

# The store of the page, with the institutions that are named, and a dnsd that serves it.
begin() {
  zonectl init --ns ns1.secutix.com --ns ns2.secutix.com --hostmaster hostmaster.secutix.com >"$said"
  zonectl spf allow ip4:192.0.2.10 >>"$said"
  local code
  for code in "$@"; do
    zonectl add "$code" --domain "$code.example" >>"$said" 2>&1 || fail "no institution $code"
  done
  start_dnsd
}

# As if so many seconds had passed for zonectl, on a machine that ran on.
pass_time() { export DRILL_CLOCK_AHEAD_S=$((${DRILL_CLOCK_AHEAD_S:-0} + $1)); }

# until_true WHAT COMMAND...: waits until the command succeeds.
until_true() {
  local what="$1" until=$((SECONDS + 120))
  shift
  while ((SECONDS < until)); do
    "$@" && return
    sleep 0.05
  done
  fail "not within two minutes: $what"
}

# says REGEX: the last command's output has it.
says() { grep -Eq -- "$1" "$said" || fail "it does not say: $1"; }
says_not() { ! grep -Eq -- "$1" "$said" || fail "it says: $1"; }

# status_of N COMMAND...: its exit status; what it says is kept in $said.
status_of() {
  local expected="$1" status=0
  shift
  "$@" >"$said" 2>&1 || status=$?
  [[ $status -eq $expected ]] || fail "$*: exit status $status, expected $expected"
}

answer() { dig @127.0.0.1 +short +tries=1 +time=2 "$@"; }
answers() { [[ "$(answer "$1" TXT)" =~ $2 ]]; }
logged() { grep -Eq -- "$1" "$log"; }
serial() { answer "$1" SOA | cut -d' ' -f3; }

# A look at one name, twenty times a second, from watch_begin to watch_end: what was lost, and what was seen from when on.
watch_pid=
watch_begin() {
  /usr/bin/python3 "$drill_lib/watch.py" "$1" "${2:-TXT}" >"$scratch/watched" &
  watch_pid=$!
  until_true "the watch to begin" test -s "$scratch/watched"
}
watch_end() {
  kill -TERM "$watch_pid"
  wait "$watch_pid" || true
  sed 1d "$scratch/watched"
}
none_lost() {
  watch_end >"$said"
  tell "$(tail -n 1 "$said")"
  says ' 0 lost$'
}

enter_machine_of_its_own "$@"
exec 9>&2 # where a page's commands say nothing
set -E
trap 'fail "${BASH_SOURCE[0]##*/}:${BASH_LINENO[0]:-$LINENO} ended with status $?"' ERR
touch "$log" "$said"
