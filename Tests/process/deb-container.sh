#!/usr/bin/env bash
# Lives through the life of the Debian package under a real systemd: installed by apt on a machine that has never seen it,
# told what to watch, upgraded over an open incident, removed, installed again, purged without a trace.
#
#   Tests/process/deb-container.sh PACKAGE
#
# The container has a network of loopback alone. The package's dependencies were downloaded when its Debian root was made
# and are installed by apt from there, so a dependency that is missing from the control file shows. The simulated tenant
# is the package's own graph-simulator; the receiver of pages is a socket unit that counts what is posted to it.
# container.sh says what it needs; curl is used from outside, in the container's network.
# Exit status: 0 all checks passed, 1 a check failed or the container did not come up, 2 usage or something is missing.
set -euo pipefail

# shellcheck source=container.sh
. "$(dirname "$0")/container.sh"
variant=apt
# Of the dependencies those are there already that other packages recommend too: apt would keep them after the purge.
readonly packages=systemd,systemd-sysv,dbus,procps,man-db,ca-certificates,openssl,tzdata
readonly wanted="libcurl4 libsystemd0 libsqlite3-0 libsimdjson14 libstdc++6"
# shellcheck disable=SC2016  # "$1" is mmdebstrap's
root_options=(--skip=cleanup/apt
  --customize-hook='chroot "$1" apt-get install -y -qq --download-only --no-install-recommends '"$wanted"' >/dev/null'
  # A full installation has documents and manual pages; slimmer ones may leave them out.
  --customize-hook='rm -f "$1"/etc/dpkg/dpkg.cfg.d/*exclude*')
readonly secret=the-secret-of-contoso-4711
readonly configuration=/etc/roomwatch/roomwatch.yaml
readonly dropins=/etc/systemd/system/$unit.d
readonly heard=/var/tmp/heard

[ $# -eq 1 ] || give_up "usage: $0 PACKAGE"
[ -f "$1" ] || give_up "$1 is no file; make it first: make deb"
command -v curl >/dev/null || give_up "missing: curl; run: apt-get install curl"
enter_namespace "$@"
package=$(realpath "$1")

# --- what the machine has before ------------------------------------------------------------------------------------

prepare() {
  local root=$work/root
  install -D -m 0644 "$package" "$root/var/tmp/roomwatch.deb"
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
  install_swift_runtime
  install_receiver
  install_simulator
  # What an administrator has there for other services must outlive the package.
  install -d -m 0700 "$root/etc/credstore"
  echo other >"$root/etc/credstore/other-service"
}

# A package of debug executables finds the Swift runtime where this machine has it. Debian's own libraries are left to apt.
install_swift_runtime() {
  dpkg-deb --extract "$package" "$work/extracted"
  local library
  ldd "$work"/extracted/usr/bin/* | awk '$2 == "=>" && $3 ~ /\/swift\// { print $3 }' | sort -u |
    while read -r library; do install -D "$(realpath "$library")" "$work/root/$library"; done
  rm -r "$work/extracted"
}

# One line for each POST: the type of the message and its webhook-id.
install_receiver() {
  cat >"$work/root/usr/local/bin/receiver" <<'SH'
#!/bin/bash
length=0 id=none
while IFS= read -r line; do
  line=${line%$'\r'}
  [ -n "$line" ] || break
  case ${line,,} in
  content-length:*) length=${line#*: } ;;
  webhook-id:*) id=${line#*: } ;;
  esac
done
type=$(head -c "$length" | grep -o '^{"[^}]*"type":"[^"]*"\|"type":"[a-z]*\.[a-z]*"' | head -n 1 | sed 's/.*"type":"//; s/"//')
printf '%s %s\n' "$type" "$id" >>/var/tmp/heard
printf 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'
SH
  chmod 0755 "$work/root/usr/local/bin/receiver"
  cat >"$work/root/etc/systemd/system/receiver.socket" <<'CONF'
[Socket]
ListenStream=127.0.0.1:9090
Accept=yes
CONF
  cat >"$work/root/etc/systemd/system/receiver@.service" <<'CONF'
[Service]
ExecStart=/usr/local/bin/receiver
StandardInput=socket
StandardOutput=socket
StandardError=journal
CONF
  : >"$work/root$heard"
}

install_simulator() {
  cat >"$work/root/etc/systemd/system/simulator.service" <<CONF
[Service]
Environment=ROOMWATCH_SIMULATOR_SECRET=$secret SWIFT_BACKTRACE=enable=no
ExecStart=/usr/bin/graph-simulator --listen 127.0.0.1:9080 --rooms 20 --buildings 2
CONF
}

# What `roomctl connect` writes: the configuration, the secrets, and the drop-in that hands them over.
configure() {
  inside sh -c "cat >$configuration" <<'YAML'
version: 1
tenants:
  - name: contoso
    tenant_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001
    client_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002
    credential: { client_secret_file: contoso-secret }
    endpoints: { login: "http://127.0.0.1:9080", graph: "http://127.0.0.1:9080" }
poll: { presence: 1s, suspect: 250ms }
detection: { offline_after: 3, offline_hold: 2s, online_after: 2, online_hold: 2s }
receivers:
  - name: oncall
    webhook: { url: "http://127.0.0.1:9090/hook", secret_file: hook-secret }
routes:
  - match: {}
    receivers: [oncall]
    grouping: { wait: 0s, max: 0s }
YAML
  inside sh -c "install -d -m 0700 /etc/credstore && umask 077 && echo $secret >/etc/credstore/contoso-secret"
  inside sh -c "umask 077 && echo whsec_$(printf '%s' "$secret" | base64) >/etc/credstore/hook-secret"
  inside install -d "$dropins"
  inside sh -c "printf '%s\n' '# Written by roomctl connect.' '[Service]' LoadCredential=contoso-secret LoadCredential=hook-secret >$dropins/credentials-contoso.conf"
  # What it replaced in a later run lies beside it.
  inside touch /etc/credstore/contoso-secret.bak "$dropins/credentials-contoso.conf.bak"
  inside systemctl daemon-reload
  inside systemctl start receiver.socket simulator.service
}

# --- what the checks ask --------------------------------------------------------------------------------------------

apt() { inside env DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends "$@" 2>&1 | tee -a "$work/apt"; }
outside() { nsenter --target "$leader" --net -- curl --silent --show-error --fail --max-time 5 "$@"; }
answers() { outside "$url"; }
figure() { outside http://127.0.0.1:8470/metrics | awk -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }'; }
at_least() { [ "$(figure "$1")" -ge "$2" ]; }
posts() { inside grep -c "^$1 " "$heard" || true; }
has_posted() { [ "$(posts "$1")" -ge "$2" ]; }
not_degraded() { [ -z "$(inside systemctl list-units --failed --no-legend --plain)" ]; }

# Everything on disk that is not a log, a cache, or the diary of dpkg and apt. Contents matter in /etc.
snapshot() {
  inside find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /dev -o -path /tmp -o -path /var/tmp \
    -o -path /var/log -o -path /var/cache -o -path /var/lib/apt -o -path '/var/lib/dpkg/*-old' -o -path '/etc/*-' \) -prune \
    -o -print | sort
  inside sh -c 'find /etc -type f ! -name "*-" ! -name ld.so.cache ! -name mtab -exec md5sum {} + | sort -k 2'
}

installs() { apt install /var/tmp/roomwatch.deb; }
says_what_comes_next() { grep -F 'not configured yet: run sudo roomctl connect' "$work/apt"; }
is_enabled() { inside systemctl is-enabled "$unit" && inside systemctl is-enabled roomwatchd.socket; }
waits_for_configuration() {
  printf 'ActiveState=%s Result=%s NRestarts=%s\n' "$(property ActiveState)" "$(property Result)" "$(property NRestarts)"
  [ "$(property ActiveState)" = inactive ] && [ "$(property Result)" = exec-condition ] && [ "$(property NRestarts)" = 0 ]
}
status_says_so() {
  local words
  words=$(inside systemctl status --no-pager $unit 2>&1) || true  # 3 stands for "inactive"
  printf '%s\n' "$words"
  printf '%s\n' "$words" | grep -q 'roomwatchd\[[0-9]*\]: not configured yet: run sudo roomctl connect'
}
says_so_once() { [ "$(journal --output=cat | grep -cF 'not configured yet')" = 1 ]; }
caller_is_turned_away() {
  local code=0
  inside roomctl incidents || code=$?
  printf 'roomctl left with %s\n' "$code"
  [ "$code" != 0 ] && waits_for_configuration && inside systemctl is-active --quiet roomwatchd.socket &&
    [ "$(journal --output=cat | grep -cF 'not configured yet')" -le 2 ]
}
files_are_whole() { local words; words=$(inside dpkg --verify roomwatch); printf '%s\n' "$words"; [ -z "$words" ]; }
pages_are_drawn() {
  local page words
  for page in roomwatchd.8 roomctl.1 graph-simulator.1 roomwatch.yaml.5; do
    words=$(inside env MANWIDTH=100 LC_ALL=C.UTF-8 man --warnings "${page##*.}" "${page%.*}" 2>&1 >/dev/null)
    [ -z "$words" ] || { printf '%s: %s\n' "$page" "$words"; return 1; }
    inside env LC_ALL=C.UTF-8 man "${page##*.}" "${page%.*}" | grep -q SYNOPSIS
  done
}
completions_are_there() { inside ls /usr/share/bash-completion/completions/{roomctl,roomwatchd} /usr/share/zsh/site-functions/_roomctl; }
watches() { inside systemctl restart "$unit" && eventually 10 answers && eventually 30 at_least 'roomwatch_sweeps_total{tenant="contoso",lane="steady",outcome="complete"}' 3; }
pages_once() {
  outside --output /dev/null --json '{"kind":"room_signed_out","room":3,"for":"75s"}' http://127.0.0.1:9080/_simulator/events
  eventually 30 has_posted incident.opened 1 && sleep 2 && [ "$(posts incident.opened)" = 1 ]
}
upgrades() {
  local before socket
  before=$(main_pid)
  socket=$(inside systemctl show --value --property=InactiveExitTimestampMonotonic roomwatchd.socket)
  apt install --reinstall /var/tmp/roomwatch.deb && active && [ "$(main_pid)" != "$before" ] &&
    [ "$(inside systemctl show --value --property=InactiveExitTimestampMonotonic roomwatchd.socket)" = "$socket" ]
}
# Ten sweeps after the restart, the incident is still open and nobody was told of it again.
pages_no_second_time() {
  eventually 40 at_least 'roomwatch_sweeps_total{tenant="contoso",lane="steady",outcome="complete"}' 10 || return 1
  inside roomctl incidents
  inside cat "$heard"
  [ "$(inside roomctl incidents -o plain | grep -c 'is offline')" = 1 ] && [ "$(wc -l <"$work/root$heard")" = 1 ]
}
resolves_once() {
  eventually 100 has_posted incident.resolved 1
  inside cat "$heard"
  [ "$(posts incident.resolved)" = 1 ] && [ "$(posts incident.opened)" = 1 ]
}
a_disabled_unit_stays_disabled() {
  inside systemctl disable --now "$unit" && apt install --reinstall /var/tmp/roomwatch.deb &&
    ! active && ! inside systemctl is-enabled --quiet "$unit" && inside systemctl enable --now "$unit"
}
removes() {
  apt remove roomwatch && ! active && [ ! -e "$work/root/usr/bin/roomwatchd" ] && inside test -e "$configuration" &&
    inside test -e /var/lib/private/roomwatch/roomwatch.sqlite && not_degraded
}
comes_back() { apt install /var/tmp/roomwatch.deb && active && eventually 10 answers; }
purges() {
  inside systemctl stop simulator.service receiver.socket
  # Written by hand for this service: named, and left alone.
  inside sh -c "echo mine >/etc/credstore/mine && printf '[Service]\nLoadCredential=mine\n' >$dropins/mine.conf"
  : >"$work/apt"
  apt purge roomwatch && apt autoremove --purge
  grep -F /etc/credstore/mine "$work/apt" && grep -F "$dropins/mine.conf" "$work/apt" &&
    inside rm -r "$dropins" /etc/credstore/mine
}
leaves_no_trace() {
  snapshot >"$work/after"
  diff "$work/before" "$work/after"
}
group_is_gone() { ! inside getent group roomwatch; }
units_are_gone() { [ -z "$(inside systemctl list-units --all --no-legend --plain 'roomwatchd.*')" ] && not_degraded; }
others_secret_is_there() { [ "$(inside cat /etc/credstore/other-service)" = other ]; }

# --- the checks -----------------------------------------------------------------------------------------------------

make_root
boot
say "# $(inside systemctl --version | head -n 1), $(basename "$package")"
snapshot >"$work/before"

check "apt installs it on a machine that has never seen it" installs
check "apt's output says what to do next" says_what_comes_next
check "service and socket are enabled" is_enabled
check "the service waits for a configuration, and is not failed" waits_for_configuration
check "no unit of the machine counts as failed" not_degraded
check "systemctl status says what to do next" status_says_so
check "the journal says so once" says_so_once
check "a caller is turned away and does not start it over and over" caller_is_turned_away
check "the installed files are those of the package" files_are_whole
check "the manual pages are drawn without a warning" pages_are_drawn
check "completions are there" completions_are_there
configure
check "it watches as soon as it is configured" watches
check "a room that signs out is one page" pages_once
check "an upgrade restarts the daemon and keeps its socket" upgrades
check "the open incident is not told a second time" pages_no_second_time
check "its end is told once" resolves_once
check "an upgrade leaves a disabled unit disabled" a_disabled_unit_stays_disabled
check "a removal stops it and keeps configuration and store" removes
check "a later installation watches again" comes_back
check "a purge names what it leaves alone" purges
check "nothing is left on disk" leaves_no_trace
check "the group is gone" group_is_gone
check "its units are gone" units_are_gone
check "the secret of another service is still there" others_secret_is_there
[ "$failed" -eq 0 ] || { say "# apt said:"; tail -n 60 "$work/apt" | sed 's/^/#   /'; }

say "# $passed passed, $failed failed"
[ "$failed" -eq 0 ]
