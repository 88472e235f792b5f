#!/usr/bin/env bash
# Calls per second of two shards on two processors beside one shard on one, in one process without a network, in turns with two shards that share nothing.
# Writes perf/results/DATE-shards.{md,json}.
#   perf/compare/shards.sh [SECONDS=90]
# Exit code: 0 within the goal (1.6 times one shard), 1 not, 2 cannot be measured here, 3 the machine was not quiet.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
install_missing python3-minimal
mkdir -p "$root/artifacts"
say "building"
dotnet build -c Release -nodeReuse:false -v q --nologo -o "$root/artifacts/benchmarks" "$root/perf/MediaCore.Benchmarks" >"$root/artifacts/build.log" 2>&1 || { cat "$root/artifacts/build.log" >&2; exit 2; }
exec python3 "$root/perf/compare/shards.py" "$root" "${1:-90}"
