#!/usr/bin/env bash
# What a held call costs in memory: anchored SBC calls through MediaCore and through Kamailio with rtpengine, SIPp on both sides, both servers up, rounds in turns.
# Writes perf/results/DATE-memory.{md,json}.
#   perf/compare/memory.sh [--calls 2000] [--rate 25] [--rounds 3]
# Exit code: 0 within the goal, 1 not, 2 cannot be measured here, 3 the machine was not quiet, 4 not everything was delivered.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
if [ ! -f "$bench/peers/run-signalling.sh" ]; then
  say "$bench/peers/run-signalling.sh is missing: set MEDIACORE_BENCH to the folder with the peers' configurations"
  exit 2
fi
install_missing kamailio kamailio-extra-modules rtpengine-daemon sip-tester python3-minimal
build_server
isolated python3 "$root/perf/compare/memory.py" --root "$root" --bench "$bench" "$@"
