#!/usr/bin/env bash
# What 20 ms of Opus cost: our encoder and decoder beside libopus by itself (the C program of ../shared/bench), rounds taken in turns.
# Writes perf/results/DATE-opus.{md,json}.
#   perf/compare/opus.sh [--rounds 5]
# The C program is read from ../shared/bench, or from the folder that MEDIACORE_BENCH names.
# Exit code: 0 within the bound (1.15 of libopus), 1 not, 2 cannot be measured here, 3 the machine was not quiet.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
if [ ! -f "$bench/codec/floor_crypto_codec.c" ]; then
  say "$bench/codec/floor_crypto_codec.c is missing: set MEDIACORE_BENCH to the folder with the C program"
  exit 2
fi
install_missing libsrtp2-dev libopus-dev python3-minimal gcc libc6-dev coreutils
mkdir -p "$root/artifacts"
gcc -O2 -w -o "$root/artifacts/floor_crypto_codec" "$bench/codec/floor_crypto_codec.c" -lsrtp2 -lopus -lm || exit 2
build_benchmarks
exec python3 "$root/perf/compare/opus.py" --root "$root" "$@"
