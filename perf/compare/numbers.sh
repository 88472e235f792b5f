#!/usr/bin/env bash
# Decisions: a number's look-up among ten million and the engine's plan beside a plain hash look-up, a queue's choice among 100,000 agents beside 1,000; in one process, subject and peer in turns.
# Writes perf/results/DATE-numbers.{md,json}.
#   perf/compare/numbers.sh [SECONDS=60]      needs 4 GB of memory
# Exit code: 0 within the bounds (3, 2.5), 1 not, 2 cannot be measured or an answer is wrong, 3 the machine was not quiet.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
install_missing python3-minimal
mkdir -p "$root/artifacts"
say "building"
dotnet build -c Release -nodeReuse:false -p:RunAnalyzers=false -v q --nologo -o "$root/artifacts/benchmarks" "$root/perf/MediaCore.Benchmarks" >"$root/artifacts/build.log" 2>&1 || { cat "$root/artifacts/build.log" >&2; exit 2; }
exec python3 "$root/perf/compare/number_decisions.py" "$root" "${1:-60}"
