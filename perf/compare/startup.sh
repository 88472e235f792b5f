#!/usr/bin/env bash
# How long the server takes from its start to the first OPTIONS that it answers, with a data folder that is new and with one that is there.
# Writes perf/results/DATE-startup.{md,json}.
#   perf/compare/startup.sh [--rounds 7]
# Exit code: 0 within the goal (2 s), 1 not, 2 cannot be measured here, 3 the machine was not quiet.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
install_missing python3-minimal
build_server
isolated python3 "$root/perf/compare/startup.py" --root "$root" "$@"
