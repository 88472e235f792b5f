#!/usr/bin/env bash
# What reading a message with typed headers takes, and what it allocates. Compared with nothing but the clock: the figure is this machine's.
# Writes perf/results/DATE-parser.{md,json}.
#   perf/compare/parser.sh [--rounds 5] [--seconds 14]
# Exit code: 0 within the goal (1 µs and 0 bytes for INVITEs of 600 to 900 bytes), 1 not, 2 cannot be measured here, 3 the machine was not quiet.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
install_missing python3-minimal
build_benchmarks
exec python3 "$root/perf/compare/parser.py" --root "$root" "$@"
