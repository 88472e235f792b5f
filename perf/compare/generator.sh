#!/usr/bin/env bash
# What a call costs the load generator itself, beside SIPp: here its callers and callees straight to each other (`--direct`), there SIPp's uac and uas, the same
# messages (INVITE, 180, 200, ACK, a pause, BYE, 200), the same rates, no server between, rounds in turns. Writes perf/results/DATE-generator.{md,json}.
#   perf/compare/generator.sh [--rates 500,1000,2000,4000] [--seconds 15] [--rounds 5]
# What counts is the highest rate, which is the nearest to what a core can do; at low rates both mostly pay for waking up.
# Exit code: 0 when SIPp needs at least 3 times the processor time per call, 1 when not, 2 when it cannot be measured here, 3 when the machine was not quiet.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
for file in peers/uac.xml peers/uas.xml; do
  if [ ! -f "$bench/$file" ]; then
    say "$bench/$file is missing: set MEDIACORE_BENCH to the folder with the peers' scenarios"
    exit 2
  fi
done
install_missing sip-tester python3-minimal libopus0
mkdir -p "$root/artifacts"
if ! dotnet build -c Release -nodeReuse:false -v q --nologo "$root/perf/MediaCore.LoadTests" >"$root/artifacts/build.log" 2>&1; then
  cat "$root/artifacts/build.log" >&2
  exit 2
fi
isolated python3 "$root/perf/compare/generator.py" --root "$root" --bench "$bench" "$@"
