# Sourced by the scripts beside it: a Debian with a real systemd in a container that is thrown away, and what checks ask
# of it. A script sets `packages` (and `variant`, `root_options`), sources this, defines `prepare`, which fills
# $work/root before the boot, and calls enter_namespace "$@", make_root and boot.
#
# Needs root and Debian's mmdebstrap and systemd-container. The Debian root (about 200 MB, a minute to make) is kept in
# $ROOMWATCH_CONTAINER_CACHE, default .build/systemd-container of this repository; each run writes to a tmpfs above it.
# Each check prints one "ok - ..." or "not ok - ..." line.

readonly suite=bookworm
readonly unit=roomwatchd.service
readonly url=http://127.0.0.1:8470/healthz
readonly operator_socket=/run/roomwatch/roomwatchd.sock
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${ROOMWATCH_CONTAINER_CACHE:-$repository/.build/systemd-container}
variant=essential
root_options=()
work= nspawn= leader=
failed=0 passed=0

say() { printf '%s\n' "$*"; }
give_up() { printf '%s\n' "$*" >&2; exit 2; }

# A mount namespace of its own: every mount below goes when the script goes, however it goes.
enter_namespace() {
  [ "$(id -u)" -eq 0 ] || give_up "the container needs root; run: sudo $0 $*"
  local missing=()
  command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
  command -v systemd-nspawn >/dev/null || missing+=(systemd-container)
  [ ${#missing[@]} -eq 0 ] || give_up "missing: ${missing[*]}; run: apt-get install ${missing[*]}"
  if [ -z "${ROOMWATCH_CONTAINER_NAMESPACE:-}" ]; then
    ROOMWATCH_CONTAINER_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$@"
  fi
}

# --- the container --------------------------------------------------------------------------------------------------

clean_up() {
  local status=$?
  trap - EXIT
  if [ -n "$nspawn" ] && kill -0 "$nspawn" 2>/dev/null; then
    kill -TERM "$nspawn" 2>/dev/null || true
    eventually 10 not_running "$nspawn" || kill -KILL "$nspawn" 2>/dev/null || true
    wait "$nspawn" 2>/dev/null || true
  fi
  if [ -n "$work" ]; then
    umount -l "$work/root" 2>/dev/null || true
    umount -l "$work" 2>/dev/null || true
    rmdir "$work" 2>/dev/null || true
  fi
  exit "$status"
}

not_running() { ! kill -0 "$1" 2>/dev/null; }

# eventually SECONDS COMMAND...: true as soon as the command is, false when the time is up.
eventually() {
  local rounds=$(($1 * 10))
  shift
  until "$@" >/dev/null 2>&1; do
    rounds=$((rounds - 1))
    [ "$rounds" -gt 0 ] || return 1
    sleep 0.1
  done
}

make_root() {
  # The name carries everything that decides what is in it: another list makes another root.
  base=$cache/root-$suite-$(printf '%s' "$variant $packages ${root_options[*]}" | sha256sum | cut -c1-12)
  [ -d "$base" ] && return
  say "# making a Debian root in $base (once)"
  mkdir -p "$cache"
  rm -rf "$base.new"
  mmdebstrap --quiet --variant="$variant" --include="$packages" "${root_options[@]}" "$suite" "$base.new" </dev/null
  mv "$base.new" "$base"
}

# install_libraries BINARY...: copies the libraries that the container lacks, at their own paths; a debug build finds the
# Swift runtime that way.
install_libraries() {
  local library
  ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u | while read -r library; do
    [ -e "$work/root/$library" ] || install -D "$(realpath "$library")" "$work/root/$library"
  done
}

boot() {
  work=$(mktemp -d)
  trap clean_up EXIT
  trap 'exit 1' INT TERM
  mount -t tmpfs -o size=2g,mode=0755 roomwatch-test "$work"
  mkdir "$work/upper" "$work/overlay" "$work/root"
  mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/upper,workdir=$work/overlay" "$work/root"
  prepare
  # A network of its own, with loopback alone: no port of this machine can be in the way.
  systemd-nspawn --quiet --boot --register=no --keep-unit --private-network --timezone=off --resolv-conf=off \
    --console=pipe --machine="roomwatch-test-$$" --directory="$work/root" </dev/null >"$work/console" 2>&1 &
  nspawn=$!
  if ! eventually 40 booted; then
    say "not ok - the container boots"
    tail -n 20 "$work/console" | sed 's/^/#   /'
    exit 1
  fi
}

# nspawn's first child is only a step on the way, so the leader is looked for again until systemd answers.
booted() {
  read -r leader _ <"/proc/$nspawn/task/$nspawn/children" || true  # the line has no end
  [ -n "$leader" ] || return 1
  inside systemctl is-system-running | grep -E 'running|degraded'
}

# Runs a command inside the container, as its root.
inside() { timeout --foreground --kill-after=5 60 nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup --root --wdns=/ -- "$@"; }

# --- what the checks ask --------------------------------------------------------------------------------------------

# check "what is true" COMMAND...
check() {
  local name=$1
  shift
  if "$@" >"$work/output" 2>&1; then
    passed=$((passed + 1))
    say "ok - $name"
  else
    failed=$((failed + 1))
    say "not ok - $name"
    { cat "$work/output"; inside systemctl status --no-pager --lines=15 $unit 2>&1 || true; } | tail -n 30 | cut -c1-300 | sed 's/^/#   /'
  fi
}

property() { inside systemctl show --value --property="$1" $unit; }
main_pid() { property MainPID; }
active() { inside systemctl is-active --quiet $unit; }
failed_state() { [ "$(property ActiveState)" = failed ]; }
answers() { inside curl --silent --show-error --fail --max-time 5 "$url"; }
answers_on_socket() { inside curl --silent --show-error --fail --max-time 10 --unix-socket $operator_socket http://localhost/healthz; }
# signal_daemon NAME: 0, which kill would take for a whole process group, is no daemon.
signal_daemon() {
  local pid
  pid=$(main_pid)
  [ "$pid" -gt 1 ] && inside kill "-$1" "$pid"
}
# The main process has another number than $1, and the unit is active again.
replaced() { active && [ "$(main_pid)" != "$1" ] && [ "$(main_pid)" != 0 ]; }
# Records that the daemon itself sent; --unit would add what systemd says about it.
journal_of_process() { inside journalctl --sync; inside journalctl --no-pager "_SYSTEMD_UNIT=$unit" "$@"; }
journal() { inside journalctl --sync; inside journalctl --no-pager --unit=$unit "$@"; }
journal_has() { journal --output=cat | grep -F -- "$1"; }
status_field() { inside awk -v key="$1:" '$1 == key { print $2 }' "/proc/$(main_pid)/status"; }

# as_account UID COMMAND...: without groups and privileges.
as_account() {
  local uid=$1
  shift
  inside setpriv --reuid="$uid" --regid="$uid" --clear-groups --inh-caps=-all --bounding-set=-all -- "$@"
}
