#!/usr/bin/env bash
# What SRTP costs per packet of 172 bytes: our sender and receiver beside libsrtp2 (the C program of ../shared/bench), rounds taken in turns.
# Writes perf/results/DATE-srtp.{md,json}.
#   perf/compare/srtp.sh [--rounds 7] [--seconds 3]
# The C program is read from ../shared/bench, or from the folder that MEDIACORE_BENCH names.
# Exit code: 0 within the bounds (0.50 of libsrtp2 for AES-CM, 0.80 for GCM), 1 not, 2 cannot be measured here, 3 the machine was not quiet.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
if [ ! -f "$bench/codec/floor_crypto_codec.c" ]; then
  say "$bench/codec/floor_crypto_codec.c is missing: set MEDIACORE_BENCH to the folder with the C program"
  exit 2
fi
install_missing libsrtp2-dev libopus-dev python3-minimal gcc libc6-dev coreutils
mkdir -p "$root/artifacts"
gcc -O2 -w -o "$root/artifacts/floor_crypto_codec" "$bench/codec/floor_crypto_codec.c" -lsrtp2 -lopus -lm || exit 2
build_benchmarks
exec python3 "$root/perf/compare/srtp.py" --root "$root" "$@"
