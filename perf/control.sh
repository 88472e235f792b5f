#!/usr/bin/env bash
# Originates and drives calls over one session of the control interface: every event in its order, time from command to SIP message, memory.
# Writes perf/results/DATE-control.{md,json}.
#   perf/control.sh [--rate 200] [--seconds 60] [--warm-up 20]
# Exit code: 0 when nothing was lost or late and nothing grew, 1 when something did, 2 when it was asked for wrongly, 130 when it was stopped.
. "$(dirname "${BASH_SOURCE[0]}")/compare/prepare.sh"
build_server
if ! dotnet build -c Release -nodeReuse:false -v q --nologo "$root/perf/MediaCore.LoadTests" >"$root/artifacts/build.log" 2>&1; then
  cat "$root/artifacts/build.log" >&2
  exit 1
fi
exec dotnet "$root/perf/MediaCore.LoadTests/bin/Release/net10.0/MediaCore.LoadTests.dll" control --program "$server" --report "$root/perf/results/$(date -u +%F)-control" "$@"
