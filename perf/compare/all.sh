#!/usr/bin/env bash
# Runs every comparison, one after the other, and writes one table of the goals: goal, must, reach, measured, spread, verdict.
# Writes perf/results/DATE-goals.{md,json}. Takes about an hour on a machine with nothing else to do; on another the comparisons refuse.
#   perf/compare/all.sh [--reuse] [--only NAME,...]
# --reuse takes a result of today and of this commit in place of a run. --only runs these alone (rtp, srtp, parser, proxy, signalling, register,
# transcode, grpc, memory, overload, jitter, numbers, shards, startup); of the others the table has what --reuse finds.
# Exit code: 0 every must holds, 1 one is missed or was not measured, 64 a wrong option.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
install_missing python3-minimal
exec python3 "$root/perf/compare/all.py" --root "$root" "$@"
