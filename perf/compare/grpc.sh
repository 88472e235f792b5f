#!/usr/bin/env bash
# The server's CPU for a unary call and for a message of a stream: an echo service on MediaCore.Grpc beside the same on @grpc/grpc-js, one client for
# both, rounds taken in turns. Writes perf/results/DATE-grpc.{md,json}.
#   perf/compare/grpc.sh [--calls 100000] [--rounds 5] [--warm-up 2]
# The peer's server is read from ../shared/bench, or from the folder that MEDIACORE_BENCH names.
# Exit code: 0 within the bounds (0.5 of grpc-js for a call, 0.4 for a message), 1 not, 2 cannot be measured here, 3 the machine was not quiet, 4 not everything was delivered.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
if [ ! -f "$bench/grpc/server.js" ]; then
  say "$bench/grpc/server.js is missing: set MEDIACORE_BENCH to the folder with the peer's server"
  exit 2
fi
install_missing python3-minimal
packages="$root/tests/MediaCore.Wire.Tests"
if [ ! -d "$packages/node_modules/@grpc/grpc-js" ]; then
  say "installing grpc-js"
  (cd "$packages" && npm ci --no-audit --no-fund) >&2 || exit 2
fi
mkdir -p "$root/artifacts"
say "building"
dotnet build -c Release -nodeReuse:false -v q --nologo "$root/perf/MediaCore.GrpcEcho" >"$root/artifacts/build.log" 2>&1 || { cat "$root/artifacts/build.log" >&2; exit 2; }
export NODE_PATH="$packages/node_modules"
isolated python3 "$root/perf/compare/grpc.py" --root "$root" --bench "$bench" "$@"
