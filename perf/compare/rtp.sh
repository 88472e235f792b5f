#!/usr/bin/env bash
# The media cost of a packet: 200 anchored calls through MediaCore, rtpengine in userspace and the smallest C relay, with the same generator,
# rounds taken in turns. Writes perf/results/DATE-rtp.{md,json}.
#   perf/compare/rtp.sh [--calls 200] [--seconds 20] [--rounds 4]
# The generator, the C relay and the driver of rtpengine are read from ../shared/bench, or from the folder that MEDIACORE_BENCH names.
# Exit code: 0 without loss and within the goals, 1 not, 2 cannot be measured here.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
for file in rtp/rtpgen.c rtp/floor_epoll.c rtp/rtpengine_setup.py; do
  if [ ! -f "$bench/$file" ]; then
    say "$bench/$file is missing: set MEDIACORE_BENCH to the folder with the generator and the C relay"
    exit 2
  fi
done
install_missing rtpengine-daemon python3-minimal gcc libc6-dev
build_server
for program in rtpgen floor_epoll; do
  gcc -O2 -o "$root/artifacts/$program" "$bench/rtp/$program.c"
done
isolated python3 "$root/perf/compare/rtp.py" --root "$root" --bench "$bench" "$@"
