#!/usr/bin/env bash
# What transcoding costs: calls with PCMU on one side and Opus on the other through MediaCore and rtpengine, beside a bare loop over libopus with the same frames; rounds taken in turns.
# Writes perf/results/DATE-transcode.{md,json}.
#   perf/compare/transcode.sh [--calls 40] [--seconds 15] [--rounds 4]
# Exit code: 0 all delivered and within the goals, 1 not, 2 cannot be measured here, 3 the machine was not quiet, 4 not everything was delivered.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
if [ ! -f "$bench/rtp/rtpengine_setup.py" ]; then
  say "$bench/rtp/rtpengine_setup.py is missing: set MEDIACORE_BENCH to the folder with the driver of rtpengine"
  exit 2
fi
install_missing rtpengine-daemon libopus-dev python3-minimal gcc libc6-dev
build_server
gcc -O2 -w -o "$root/artifacts/transcode_generator" "$root/perf/compare/transcode_generator.c" -lopus -lm || exit 2
isolated python3 "$root/perf/compare/transcode.py" --root "$root" --bench "$bench" "$@"
