#!/usr/bin/env bash
# Installs what the tests use and lacks, builds once, runs every test project, the allocation budgets and the litmus test of the
# session table. The last line is "N passed, N failed, N skipped"; the exit code is not 0 when anything failed.
#   tools/test.sh                  everything
#   tools/test.sh Sip Server       only the test projects with these words in their names (no budgets, no litmus)
set -uo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root" || exit 1
say() { printf '== %s\n' "$*"; }

mkdir -p "$root/artifacts"
passed=0
failed=0
skipped=0
finish() {
  dotnet build-server shutdown >/dev/null 2>&1
  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}
fail() {
  say "FAILED: $*"
  failed=$((failed + 1))
}

if ! command -v dotnet >/dev/null; then
  fail "the .NET 10 SDK is missing"
  finish
fi

# The peers that tests talk to. One that can't be installed is a failure: a test that did not run proves nothing.
packages=(libopus0 postgresql rabbitmq-server espeak-ng pocketsphinx pocketsphinx-en-us sip-tester sipsak baresip-core linphone-cli sipvicious kannel socat openssl kamailio tshark sox ffmpeg curl gcc libc6-dev libsrtp2-dev python3-grpcio python3-protobuf protobuf-compiler libprotobuf-dev protobuf-compiler-grpc)
# Node.js with npm, from Debian unless a newer one is here already.
command -v npm >/dev/null || packages+=(nodejs npm)
missing=()
for package in "${packages[@]}"; do
  if [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" != "install ok installed" ]; then
    missing+=("$package")
  fi
done
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${missing[*]}"
  apt=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get)
  [ "$(id -u)" = 0 ] || apt=(sudo -n "${apt[@]}")
  # Debian starts the services of a package when it is installed; a policy that says no keeps them from taking the tests' machine over.
  policy=/usr/sbin/policy-rc.d
  ours=
  if [ "$(id -u)" = 0 ] && [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && ours=1
  fi
  # tshark asks whether everybody may capture; root's tests need no yes.
  echo 'wireshark-common wireshark-common/install-setuid boolean false' | { [ "$(id -u)" = 0 ] && debconf-set-selections 2>/dev/null; }
  if ! { "${apt[@]}" -qq -o Acquire::Retries=3 update && "${apt[@]}" -qq -y --no-install-recommends install "${missing[@]}"; } >"$root/artifacts/install.log" 2>&1; then
    tail -n 5 "$root/artifacts/install.log"
    fail "these packages can't be installed: ${missing[*]}"
  fi
  [ -z "$ours" ] || rm -f "$policy"
fi

# What the tests have of Node.js, in the versions that the lock file names: JsSIP, the SIP library of browsers, @grpc/grpc-js, the official gRPC, smpp, an SMPP centre and program, and standardwebhooks, which verifies our signatures.
wire="$root/tests/MediaCore.Wire.Tests"
if [ ! "$wire/node_modules/.package-lock.json" -nt "$wire/package-lock.json" ]; then
  say "installing what the tests have of Node.js"
  if ! (cd "$wire" && npm ci --no-audit --no-fund) >"$root/artifacts/npm.log" 2>&1; then
    tail -n 5 "$root/artifacts/npm.log"
    fail "JsSIP, grpc-js, smpp and standardwebhooks can't be installed"
  fi
fi

say "build"
started=$SECONDS
# One compiler for all projects, which builds without node reuse otherwise go without: its own start and that of the analyzers, compiled as they run, is most of
# what compiling a small project takes. It does not live long enough for code that is compiled twice, the first time with counters, to pay. Together that halves
# the processor time of the build.
DOTNET_TieredPGO=0 dotnet build -c Release -nodeReuse:false -p:UseSharedCompilation=true -v q --nologo MediaCore.sln >"$root/artifacts/build.log" 2>&1
built=$?
dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1
if [ "$built" -ne 0 ]; then
  grep -E 'error|warning' "$root/artifacts/build.log" | sort -u | head -n 40
  fail "the build"
  finish
fi
say "build: $((SECONDS - started)) s"

results="$root/artifacts/test-results"
rm -rf "$results"
mkdir -p "$results"
count() { grep -o "<Counters [^>]*" "$1" | grep -o " $2=\"[0-9]*\"" | grep -o '[0-9]*'; }
for project in tests/*.Tests/*.csproj; do
  name="$(basename "$project" .csproj)"
  if [ $# -gt 0 ]; then
    wanted=
    for word in "$@"; do [[ "$name" == *"$word"* ]] && wanted=1; done
    [ -n "$wanted" ] || continue
  fi
  # A project that has no test in it yet would make the runner fail.
  if [ -z "$(find "$(dirname "$project")" -name '*.cs' -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]; then
    continue
  fi
  say "$name"
  started=$SECONDS
  # A hang is a failure with the name of the test that hung, not a run that never ends.
  timeout --kill-after=30 900 dotnet test "$project" -c Release --no-build --nologo -v q \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --results-directory "$results" --blame-hang-timeout 5m --blame-hang-dump-type none \
    >"$results/$name.log" 2>&1
  code=$?
  trx="$results/$name.trx"
  if [ ! -f "$trx" ]; then
    tail -n 30 "$results/$name.log"
    fail "$name ended with code $code and without a result"
    continue
  fi
  ok="$(count "$trx" passed)"
  bad="$(count "$trx" failed)"
  total="$(count "$trx" total)"
  passed=$((passed + ok))
  failed=$((failed + bad))
  skipped=$((skipped + total - ok - bad))
  say "$name: $ok passed, $bad failed, $((total - ok - bad)) skipped, $((SECONDS - started)) s"
  if [ "$bad" -gt 0 ]; then
    grep -vE '^\s+at (Xunit|System)\.' "$results/$name.log" | tail -n 300
  elif [ "$code" -ne 0 ]; then
    tail -n 30 "$results/$name.log"
    fail "$name ended with code $code"
  fi
done

if [ $# -eq 0 ]; then
  say "allocation budgets"
  if dotnet run -c Release --no-build --project perf/MediaCore.Benchmarks -- --budgets perf/AllocationBudgets.json; then
    passed=$((passed + 1))
  else
    fail "an operation allocates more than its budget"
  fi

  say "rules of the comparisons: which rounds count, what a goal says"
  if python3 -B -m unittest discover -s perf/compare/tests; then
    passed=$((passed + 1))
  else
    fail "the rules of the comparisons"
  fi

  # The control is broken on purpose and must be caught; code 3 says that this machine did not catch it in time, which proves nothing
  # either way, so it is tried again for longer before it counts as a failure.
  say "litmus of the session table"
  dotnet run -c Release --no-build --project perf/MediaCore.Litmus -- --seconds 5
  code=$?
  if [ "$code" -eq 3 ]; then
    dotnet run -c Release --no-build --project perf/MediaCore.Litmus -- --seconds 20
    code=$?
  fi
  if [ "$code" -eq 0 ]; then
    passed=$((passed + 1))
  else
    fail "the litmus test ended with code $code"
  fi
fi
finish
