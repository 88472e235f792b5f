#!/usr/bin/env bash
# What is left of the work done when twice as much is asked for: MediaCore as an SBC on one shard and one processor, SIPp on the others. Finds
# the highest rate that is served whole (the knee), then offers twice that. Writes perf/results/DATE-overload.{md,json}.
#   perf/compare/overload.sh [--seconds 5] [--rounds 3] [--media anchor|pass] [--rates 800,1600,...]
# The callee's scenario is read from ../shared/bench, or from the folder that MEDIACORE_BENCH names.
# Media is anchored, with as many ports as there are or as descriptors are allowed for (`ulimit -Hn`; 20,000 are 2,250 calls/s), or passed with --media pass. No result when the server's processor was not busy at twice the knee, or somebody else than its overload gate refused.
# Exit code: 0 within the bound (0.85 of the peak, every refusal a 503), 1 not, 2 cannot be measured here, 3 the machine was not quiet.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
if [ ! -f "$bench/peers/uas.xml" ]; then
  say "$bench/peers/uas.xml is missing: set MEDIACORE_BENCH to the folder with the peers' configurations"
  exit 2
fi
install_missing sip-tester python3-minimal procps util-linux
build_server
isolated python3 "$root/perf/compare/overload.py" --root "$root" --bench "$bench" "$@"
