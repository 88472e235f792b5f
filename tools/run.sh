#!/usr/bin/env bash
# Builds MediaCore and runs it. Arguments pass through:
#   tools/run.sh                         the server with its embedded defaults
#   tools/run.sh --config my.json        the server with a configuration
#   tools/run.sh --sip:advertised=HOST   one setting over the configuration
#   tools/run.sh demo                    any other verb of `mediacore` (demo, check, accounts, numbers, routes, trunks, calls, version, --help)
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
say() { printf 'run.sh: %s\n' "$*" >&2; }

if ! command -v dotnet >/dev/null; then
  say "the .NET 10 SDK is missing: install it, then run this again"
  exit 1
fi

# Native parts: espeak-ng speaks announcements; libopus0 and pocketsphinx are for Opus and transcription. The server runs without any
# of them, with less to offer, so what cannot be installed is said and not fatal.
missing=()
for package in libopus0 espeak-ng pocketsphinx pocketsphinx-en-us; do
  if command -v dpkg-query >/dev/null && [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ]; then
    continue
  fi
  missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ] && [ -z "${MEDIACORE_SKIP_INSTALL:-}" ]; then
  apt=()
  if command -v apt-get >/dev/null; then
    if [ "$(id -u)" = 0 ]; then
      apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      apt=(sudo env DEBIAN_FRONTEND=noninteractive apt-get)
    fi
  fi
  if [ ${#apt[@]} -gt 0 ]; then
    say "installing ${missing[*]} (once)"
    log="$(mktemp)"
    if "${apt[@]}" -qq -o Acquire::Retries=3 update >"$log" 2>&1 && "${apt[@]}" -qq -y --no-install-recommends install "${missing[@]}" >>"$log" 2>&1; then
      missing=()
    else
      tail -n 3 "$log" >&2
    fi
    rm -f "$log"
  fi
  for package in "${missing[@]}"; do
    case "$package" in
      libopus0) say "libopus0 is missing: Opus passes between phones that both have it, and nothing of the server speaks it" ;;
      espeak-ng) say "espeak-ng is missing: announcements made of text stay silent; WAV files play" ;;
      pocketsphinx*) say "$package is missing: no transcription" ;;
    esac
  done
fi

# The build looks at what changed and takes a few seconds when nothing did; a stamp of the sources' newest change spares even that.
output="$root/artifacts/run"
program="$output/mediacore.dll"
stamp="$output/.sources"
newest() {
  find "$root/src" "$root/tools/MediaCore.Cli" "$root/Directory.Build.props" "$root/Directory.Packages.props" "$root/.editorconfig" \
    \( -name bin -o -name obj \) -prune -o -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.proto' -o -name '.editorconfig' \) -printf '%T@ %P\n' \
    | sort | sha256sum
}
sources="$(newest)"
if [ ! -f "$program" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$sources" ]; then
  say "building"
  log="$(mktemp)"
  publish() {
    dotnet publish -c Release -nodeReuse:false -v q --nologo -o "$output" "$@" "$root/src/MediaCore.Server/MediaCore.Server.csproj" >"$log" 2>&1 &&
      dotnet publish -c Release -nodeReuse:false -v q --nologo -o "$output" "$@" "$root/tools/MediaCore.Cli/MediaCore.Cli.csproj" >"$log" 2>&1
  }

  # Compiled ahead of time the server answers in a quarter of the time after its start. That needs a compiler package from the registry.
  ahead=(--use-current-runtime --no-self-contained -p:PublishReadyToRun=true)
  if ! publish "${ahead[@]}" && ! { grep -E 'Crossgen|NETSDK1094|NU110' "$log" >/dev/null && say "no ahead-of-time compiler here: the server starts slower" && publish; }; then
    cat "$log" >&2
    rm -f "$log"
    say "the build failed"
    exit 1
  fi
  rm -f "$log"
  printf '#!/bin/sh\nexec dotnet "$(dirname "$(readlink -f "$0")")/mcctl.dll" "$@"\n' >"$output/mcctl"
  chmod +x "$output/mcctl"
  printf '%s\n' "$sources" >"$stamp"
fi

# exec: signals sent to this script's process reach the server itself.
case "${1:-}" in
  run | check | demo | version | accounts | numbers | routes | trunks | calls | --help | -h | -\? | --version) exec dotnet "$program" "$@" ;;
  *) exec dotnet "$program" run "$@" ;;
esac
