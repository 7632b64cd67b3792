#!/usr/bin/env bash
# Runs a roomwatchd binary under a real systemd, with the units of this repository, in a container that is thrown away.
#
#   Tests/process/systemd-container.sh BINARY
#
# Unit files can only be believed when systemd has acted on them: restarts, watchdog, sandbox, credentials, sockets and
# journal fields are all proved here, and only here. Graph is a closed port throughout: the daemon must not mind.
# container.sh says what it needs.
# Exit status: 0 all checks passed, 1 a check failed or the container did not come up, 2 usage or something is missing.
set -euo pipefail

# shellcheck source=container.sh
. "$(dirname "$0")/container.sh"
readonly packages=systemd,systemd-sysv,dbus,libcurl4,libsystemd0,libsqlite3-0,libstdc++6,ca-certificates,procps,curl
readonly secret=the-secret-of-contoso-4711

[ $# -eq 1 ] || give_up "usage: $0 BINARY"
[ -x "$1" ] || give_up "$1 is not an executable file; build it first: swift build --product roomwatchd"
enter_namespace "$@"
binary=$(realpath "$1")

prepare() {
  local root=$work/root
  install -D -m 0755 "$binary" "$root/usr/bin/roomwatchd"
  install_libraries "$binary"
  install -D -m 0644 -t "$root/usr/lib/systemd/system" "$repository/systemd/$unit" "$repository/systemd/roomwatchd.socket"
  install -D -m 0644 "$repository/systemd/roomwatch.sysusers" "$root/usr/lib/sysusers.d/roomwatch.conf"
  install -D -m 0644 "$repository/systemd/roomwatchd.service.d/credentials.conf.example" \
    "$root/etc/systemd/system/$unit.d/credentials.conf"
  # Only times are shortened, and the second secret of the configuration below is handed over.
  cat >"$root/etc/systemd/system/$unit.d/test.conf" <<'CONF'
[Service]
LoadCredential=hook-secret
WatchdogSec=3s
RestartSec=200ms
CONF
  install -d -m 0700 "$root/etc/credstore"
  printf '%s\n' "$secret" >"$root/etc/credstore/contoso-secret"
  printf 'whsec_%s\n' "$(printf '%s' "$secret" | base64)" >"$root/etc/credstore/hook-secret"
  chmod 0600 "$root"/etc/credstore/*
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
  write_configuration
}

# Graph and the receiver are a port that refuses connections (9, discard, with nobody behind it).
write_configuration() {
  install -d -m 0755 "$work/root/etc/roomwatch"
  cat >"$work/root/etc/roomwatch/roomwatch.yaml" <<'YAML'
version: 1
tenants:
  - name: contoso
    tenant_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001
    client_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002
    credential: { client_secret_file: contoso-secret }
    endpoints: { login: "http://127.0.0.1:9", graph: "http://127.0.0.1:9" }
store: { path: /var/lib/roomwatch/roomwatch.sqlite }
api: { listen: "127.0.0.1:8470", socket: /run/roomwatch/roomwatchd.sock }
receivers:
  - name: oncall
    webhook: { url: "http://127.0.0.1:9/hook", secret_file: hook-secret }
routes:
  - match: {}
    receivers: [oncall]
YAML
  chmod 0644 "$work/root/etc/roomwatch/roomwatch.yaml"
}

# --- what the checks ask --------------------------------------------------------------------------------------------

verify_is_silent() {
  local words
  # The manual is the package's, and not installed here.
  words=$(inside systemd-analyze verify --man=no /usr/lib/systemd/system/{$unit,roomwatchd.socket} 2>&1) || true
  printf '%s\n' "$words"
  [ -z "$words" ]
}

exposure_is_low() {
  local line
  line=$(inside systemd-analyze security --no-pager $unit | tail -n 1)
  printf '%s\n' "$line"
  printf '%s\n' "$line" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+\.[0-9]+$/) { found = 1; low = $i < 2.0 } } END { exit !(found && low) }'
}

starts() {
  inside systemctl start $unit && active
}

runs_as_dynamic_user() {
  # systemd.exec(5): dynamic accounts are taken from 61184 to 65519.
  local uid
  uid=$(status_field Uid)
  printf 'uid %s\n' "$uid"
  [ "$uid" -ge 61184 ] && [ "$uid" -le 65519 ]
}

sandbox_holds() {
  printf 'Seccomp %s CapEff %s CapBnd %s NoNewPrivs %s\n' \
    "$(status_field Seccomp)" "$(status_field CapEff)" "$(status_field CapBnd)" "$(status_field NoNewPrivs)"
  [ "$(status_field Seccomp)" = 2 ] && [ "$(status_field CapEff)" = 0000000000000000 ] &&
    [ "$(status_field CapBnd)" = 0000000000000000 ] && [ "$(status_field NoNewPrivs)" = 1 ]
}

state_is_private() {
  inside test -d /var/lib/private/roomwatch && [ "$(inside stat -c %a /var/lib/private/roomwatch)" = 700 ]
}

credential_arrived() {
  local directory
  directory=$(inside cat "/proc/$(main_pid)/environ" | tr '\0' '\n' | sed -n 's/^CREDENTIALS_DIRECTORY=//p')
  printf 'CREDENTIALS_DIRECTORY=%s\n' "$directory"
  [ -n "$directory" ] || return 1
  # Read as the daemon's own account, and refused to another one.
  [ "$(as_account "$(status_field Uid)" cat "$directory/contoso-secret")" = "$secret" ] || return 1
  ! as_account 1 cat "$directory/contoso-secret"
}

secret_is_nowhere() {
  local pid
  pid=$(main_pid)
  ! { inside cat "/proc/$pid/cmdline" "/proc/$pid/environ"; journal --output=export --all; } | grep -a -F -e "$secret"
}

has_structured_record() {
  # One record of ours with all fields that scripts rely on; jq is not in the root, so each line is looked at whole.
  journal_of_process SYSLOG_IDENTIFIER=roomwatchd _TRANSPORT=journal --output=json --all |
    grep -E '"PRIORITY":"[2-7]"' | grep -F '"LOGGER":"' | grep -F '"CODE_FILE":"' | grep -E '"CODE_LINE":"[0-9]+"' |
    grep -E '"ROOMWATCH_[A-Z0-9_]+":' | cut -c1-500
}

# Whatever is not ours comes over standard error or syslog(3): a runtime that complains about the sandbox, a dump.
runtime_is_content() {
  local words
  words=$(journal_of_process _TRANSPORT=stdout _TRANSPORT=syslog --output=cat)
  # A machine whose root lacks CAP_SYS_RESOURCE cannot grant LimitNICE=; then alone may the runtime complain of EACCES.
  if [ "$(inside awk '/^Max nice/ { print $4 }' "/proc/$(main_pid)/limits")" != "$(property LimitNICE)" ]; then
    words=$(printf '%s\n' "$words" | grep -vE '^Failed to set thread priority .* errno=13$') || true
  fi
  printf '%s\n' "$words"
  [ -z "$words" ]
}

reloads() {
  local before
  before=$(main_pid)
  inside systemctl reload $unit || return 1
  eventually 10 active && answers && [ "$(main_pid)" = "$before" ]
}

survives_kill() {
  local before
  before=$(main_pid)
  signal_daemon KILL || return 1
  eventually 20 replaced "$before" && eventually 10 answers && [ "$(property NRestarts)" -ge 1 ]
}

# SIGSTOP is a hang of the whole process as the kernel can cause it: no pulse, no answer, no exit. A hang of one loop
# inside a live process looks the same from here, because the daemon then holds back the pulse itself.
survives_hang() {
  local before
  before=$(main_pid)
  signal_daemon STOP || return 1
  eventually 30 replaced "$before" && eventually 10 answers && journal_has "Watchdog timeout"
}

socket_is_the_groups() {
  local found
  found=$(inside stat -c '%U:%G %a' $operator_socket)
  printf '%s\n' "$found"
  [ "$found" = "root:roomwatch 660" ]
}

# setpriv drops root, so that the mode of the socket is what decides.
member_may_operate() {
  inside setpriv --reuid=1 --regid=1 --groups="$(group_id)" -- \
    curl --silent --fail --max-time 10 --unix-socket $operator_socket http://localhost/healthz
}
stranger_may_not() {
  ! as_account 1 curl --silent --fail --max-time 10 --unix-socket $operator_socket http://localhost/healthz
}
group_id() { inside getent group roomwatch | cut -d: -f3; }

stops_cleanly() {
  inside systemctl stop $unit || return 1
  printf 'Result=%s ExecMainStatus=%s\n' "$(property Result)" "$(property ExecMainStatus)"
  [ "$(property ActiveState)" = inactive ] && [ "$(property Result)" = success ] &&
    [ "$(property ExecMainStatus)" = 0 ] && [ "$(property ExecMainCode)" = 1 ]
}

socket_still_listens() { inside systemctl is-active --quiet roomwatchd.socket && inside test -S $operator_socket; }
starts_on_demand() { ! active && answers_on_socket && active; }

# A key that nobody knows; the daemon must refuse it with 78, and systemd must leave it at that.
refused_configuration() {
  write_configuration
  printf 'nonsense: true\n' >>"$work/root/etc/roomwatch/roomwatch.yaml"
  inside systemctl reset-failed $unit || true
  inside systemctl stop $unit
  ! inside systemctl start $unit && refused_with_78
}
refused_with_78() {
  eventually 10 failed_state
  # Five times RestartSec: a restart would have shown by now.
  sleep 1
  printf 'ExecMainStatus=%s NRestarts=%s\n' "$(property ExecMainStatus)" "$(property NRestarts)"
  failed_state && [ "$(property ExecMainStatus)" = 78 ] && [ "$(property NRestarts)" = 0 ]
}
caller_is_turned_away() {
  ! answers_on_socket || return 1
  eventually 10 failed_state && socket_still_listens
}

missing_credential() {
  write_configuration
  inside rm /etc/credstore/contoso-secret
  inside systemctl reset-failed $unit || true
  local since
  since=$(inside date '+%Y-%m-%d %H:%M:%S')
  ! inside systemctl start $unit || return 1
  printf 'ExecMainStatus=%s\n' "$(property ExecMainStatus)"
  [ "$(property ExecMainStatus)" = 78 ] && journal_of_process --since="$since" --output=cat | grep client_secret_file
}

heals() {
  write_configuration
  printf '%s\n' "$secret" >"$work/root/etc/credstore/contoso-secret"
  starts && eventually 10 answers
}

# --- the checks -----------------------------------------------------------------------------------------------------

make_root
boot
say "# $(inside systemctl --version | head -n 1), $(basename "$binary")"

check "systemd-analyze verify has nothing to say" verify_is_silent
check "systemd-analyze security: exposure below 2.0" exposure_is_low
check "becomes active although Graph is unreachable" starts
check "answers on 127.0.0.1:8470" eventually 10 answers
check "answers on the operator socket" eventually 10 answers_on_socket
check "the operator socket belongs to root:roomwatch, mode 0660" socket_is_the_groups
check "a member of the group may use the operator socket" member_may_operate
check "anybody else may not" stranger_may_not
check "runs under a dynamic account" runs_as_dynamic_user
check "has no capability, no new privileges and a system call filter" sandbox_holds
check "keeps its state in a private directory" state_is_private
check "the secret arrives by LoadCredential, for the daemon alone" credential_arrived
check "structured fields are in the journal" has_structured_record
check "no runtime complains about the sandbox" runtime_is_content
check "systemctl reload keeps the process" reloads
check "restarts after SIGKILL" survives_kill
check "restarts after a missed watchdog" survives_hang
check "the secret is in no argument, variable or journal record" secret_is_nowhere
check "stops cleanly" stops_cleanly
check "the operator socket outlives the daemon" socket_still_listens
check "a call on the operator socket starts the daemon" starts_on_demand
check "a refused configuration ends with 78 and is not retried" refused_configuration
check "the refused key is named in the journal" journal_has nonsense
check "a caller is turned away and does not start it over and over" caller_is_turned_away
check "a missing credential is reported by the daemon itself" missing_credential
check "starts again once everything is in place" heals

say "# $passed passed, $failed failed"
[ "$failed" -eq 0 ]
