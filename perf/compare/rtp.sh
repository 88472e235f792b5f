#!/usr/bin/env bash
# The media cost of a packet: 200 anchored calls through MediaCore, rtpengine in userspace and the smallest C relay, with the same generator,
# rounds taken in turns, and the same calls with SRTP on one side. Writes perf/results/DATE-rtp.{md,json}.
#   perf/compare/rtp.sh [--calls 200] [--seconds 20] [--rounds 4]
# The C relay and the driver of rtpengine are read from ../shared/bench, or from the folder that MEDIACORE_BENCH names.
# Exit code: 0 without loss and within the goals, 1 not, 2 cannot be measured here, 3 the machine was not quiet, 4 not everything was delivered.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
for file in rtp/floor_epoll.c rtp/rtpengine_setup.py; do
  if [ ! -f "$bench/$file" ]; then
    say "$bench/$file is missing: set MEDIACORE_BENCH to the folder with the C relay"
    exit 2
  fi
done
install_missing rtpengine-daemon libsrtp2-dev python3-minimal gcc libc6-dev
build_server
gcc -O2 -o "$root/artifacts/floor_epoll" "$bench/rtp/floor_epoll.c" || exit 2
gcc -O2 -o "$root/artifacts/media_generator" "$root/perf/compare/media_generator.c" -lsrtp2 || exit 2
isolated python3 "$root/perf/compare/rtp.py" --root "$root" --bench "$bench" "$@"
