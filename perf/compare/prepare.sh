# Sourced by the comparisons: finds the peers' configurations, installs what is missing, builds the server, and takes the measurement into a
# network and process namespace of its own, so that no other program's ports, calls or processes are met.
#   prepare NAME PACKAGE...      afterwards: $root, $bench, $server
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
bench="${MEDIACORE_BENCH:-$root/../shared/bench}"
server="$root/artifacts/run/mediacore.dll"
say() { printf '== %s\n' "$*" >&2; }

install_missing() {
  local package missing=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get) policy=/usr/sbin/policy-rc.d ours= code=0
  [ "$(id -u)" = 0 ] || apt=(sudo -n "${apt[@]}")
  # Debian starts a package's services when it is installed; here they are started by the measurement alone.
  if [ "$(id -u)" = 0 ] && [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && ours=1
  fi
  { "${apt[@]}" -qq -o Acquire::Retries=3 update && "${apt[@]}" -qq -y --no-install-recommends install "${missing[@]}"; } >&2 || code=$?
  [ -z "$ours" ] || rm -f "$policy"
  if [ "$code" -ne 0 ]; then
    say "these packages can't be installed: ${missing[*]}"
    exit 2
  fi
}

build_server() {
  mkdir -p "$root/artifacts"
  say "building"
  if ! dotnet publish -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -nodeReuse:false -v q --nologo -o "$root/artifacts/run" "$root/src/MediaCore.Server/MediaCore.Server.csproj" >"$root/artifacts/build.log" 2>&1; then
    cat "$root/artifacts/build.log" >&2
    exit 2
  fi
}

# Runs a command where it is alone: its own loopback, its own processes, which all end with it. Without the right to do so, on the machine itself.
isolated() {
  if unshare --net --pid --fork --mount-proc true 2>/dev/null; then
    exec unshare --net --pid --fork --kill-child --mount-proc "$@"
  fi
  say "no right to make namespaces: measuring among the machine's other programs"
  exec "$@"
}

build_benchmarks() {
  mkdir -p "$root/artifacts"
  say "building"
  dotnet build -c Release -nodeReuse:false -v q --nologo "$root/perf/MediaCore.Benchmarks" >"$root/artifacts/build.log" 2>&1 || { cat "$root/artifacts/build.log" >&2; exit 2; }
}
