#!/usr/bin/env bash
# The jitter buffer against the best fixed buffer in hindsight, on five traces. Deterministic: no clock is read, so the machine need not be quiet.
# Writes perf/results/DATE-jitter.{md,json}.
#   perf/compare/jitter.sh
# Exit code: 0 within the goal (0.9 of the fixed buffer's mean delay), 1 not.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
install_missing python3-minimal
build_benchmarks
exec python3 "$root/perf/compare/jitter.py" "$root"
