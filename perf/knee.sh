#!/usr/bin/env bash
# Raises the load on a server until a stated service level breaks: the knee, the goodput at 1.5 and 2 times of it, and how soon the level holds again.
# Writes perf/results/DATE-knee-SCENARIO.{json,md}.
#   perf/knee.sh [SCENARIO] [--p99-ms 100] [--failures 0.001] [--loss 0.001] [--from 25] [--to 5000] [--within 0.1] [--step-seconds 10]
# SCENARIO and the options for another server are those of perf/load.sh.
# Exit code: 0 when there is a knee, 1 when the level holds at no rate or media ports run out first, 2 when it was asked for wrongly, 130 when it was stopped.
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
lab knee "$@"
