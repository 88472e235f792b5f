#!/usr/bin/env bash
# Puts calls on a server at times that do not depend on its answers, with their media, and writes perf/results/DATE-load-SCENARIO.{html,json,md}.
#   perf/load.sh [SCENARIO] [--rate 20] [--seconds 30] [--arrivals constant|poisson|ramp|spike] [--peak N]
#   perf/load.sh call --server 127.0.0.1:5060 --metrics http://127.0.0.1:8080/metrics     a server that runs already
#   perf/load.sh signalling --direct                                                       no server: the generator itself
# SCENARIO is a name in perf/scenarios (call, hold, transfer, register, mixed, …) or a file; docs/load-lab.md says what is in one.
# Exit code: 0 when every call went as its scenario says and all that was said was heard, 1 when not, 2 when it was asked for wrongly, 130 when it was stopped.
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
lab load "$@"
