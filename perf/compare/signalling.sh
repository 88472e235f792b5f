#!/usr/bin/env bash
# The signalling cost of a call, MediaCore as an SBC beside Kamailio (dialog, topoh) with rtpengine in userspace: the same SIPp caller and
# callee, the same rate, rounds taken in turns. Writes perf/results/DATE-signalling.{md,json}.
#   perf/compare/signalling.sh [--no-media] [--rate 200] [--calls 3000] [--rounds 5]
# With --no-media: calls whose media passes by, beside Kamailio as a plain proxy; writes DATE-proxy.{md,json}.
# The peers' configurations and SIPp scenarios are read from ../shared/bench, or from the folder that MEDIACORE_BENCH names.
# Exit code: 0 within the goals (6, or 7 and 13), 1 not, 2 cannot be measured here, 3 the machine was not quiet, 4 not everything was delivered.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
for file in peers/kamailio-sbc.cfg peers/kamailio-proxy.cfg peers/run-signalling.sh peers/uac.xml peers/uas.xml; do
  if [ ! -f "$bench/$file" ]; then
    say "$bench/$file is missing: set MEDIACORE_BENCH to the folder with the peers' configurations"
    exit 2
  fi
done
install_missing kamailio rtpengine-daemon sip-tester python3-minimal procps
build_server
isolated python3 "$root/perf/compare/signalling.py" --root "$root" --bench "$bench" "$@"
