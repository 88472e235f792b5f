#!/usr/bin/env bash
# The cost of a registration (REGISTER, 401, REGISTER with digest, 200), MediaCore beside Kamailio with usrloc in memory: the same SIPp phones, the same
# rate, rounds taken in turns; and what the contacts held take of memory. Writes perf/results/DATE-register.{md,json}.
#   perf/compare/register.sh [--rate 1000] [--accounts 15000] [--rounds 5] [--held 20000]
# The peer's configuration is read from ../shared/bench, or from the folder that MEDIACORE_BENCH names.
# Exit code: 0 within the bound (0.6 times the peer's CPU per registration), 1 not, 2 cannot be measured here, 3 the machine was not quiet, 4 not everything was delivered.
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
if [ ! -f "$bench/peers/kamailio-registrar.cfg" ]; then
  say "$bench/peers/kamailio-registrar.cfg is missing: set MEDIACORE_BENCH to the folder with the peers' configurations"
  exit 2
fi
install_missing kamailio sip-tester python3-minimal procps
build_server
isolated python3 "$root/perf/compare/register.py" --root "$root" --bench "$bench" "$@"
