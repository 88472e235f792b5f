#!/usr/bin/env bash
# Keeps calls up for some minutes and looks at the server each minute: SRTP on the callers' side, some transcoded, calls coming and going all the time.
# Writes perf/results/DATE-soak.{md,json}.
#   perf/soak.sh [--calls 500] [--transcoded 50] [--minutes 20] [--call-seconds 60] [--plain] [--chaos NAME,...]
# --chaos makes trouble meanwhile, each for 20 s in turn, and writes DATE-soak-chaos: kill-peer (SIGKILL of SIPp at both ends of other calls), loss (a tenth of the callers' signalling, by a seeded
# forwarder), media-loss (a tenth of both sides' sound on its way to the server), database (PostgreSQL stopped as in a crash), control (the controller's session cut), clock (an hour ahead and back, by libfaketime). All that a soak checks has to hold all the same.
# Exit code: 0 when nothing was lost and nothing grew, 1 when something did, 2 when it was asked for wrongly or cannot be measured here, 130 when it was stopped.
. "$(dirname "${BASH_SOURCE[0]}")/compare/prepare.sh"
name=soak
packages=(libopus0)
for argument in "$@"; do
  case "$argument" in
    --chaos | --chaos=* | --chaos:*)
      name=soak-chaos
      packages+=(sip-tester postgresql util-linux libfaketime)
      ;;
  esac
done
install_missing "${packages[@]}"
build_server
if ! dotnet build -c Release -nodeReuse:false -v q --nologo "$root/perf/MediaCore.LoadTests" >"$root/artifacts/build.log" 2>&1; then
  cat "$root/artifacts/build.log" >&2
  exit 1
fi
exec dotnet "$root/perf/MediaCore.LoadTests/bin/Release/net10.0/MediaCore.LoadTests.dll" soak --program "$server" --report "$root/perf/results/$(date -u +%F)-$name" "$@"
