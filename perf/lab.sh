# Sourced by load.sh and knee.sh: builds what is needed and runs a command of the load generator with a scenario.
. "$(dirname "${BASH_SOURCE[0]}")/compare/prepare.sh"

#   lab COMMAND [SCENARIO] [OPTION...]
lab() {
  local command="$1" scenario=call target=()
  shift
  if [ $# -gt 0 ] && [[ "$1" != -* ]]; then
    scenario="$1"
    shift
  fi
  [ -f "$scenario" ] || scenario="$root/perf/scenarios/${scenario%.json}.json"
  install_missing libopus0
  case " $* " in
    *" --direct "* | *" --server "* | *" --server="* | *" --help "* | *" -h "*) mkdir -p "$root/artifacts" ;;
    *)
      build_server
      target=(--program "$server")
      ;;
  esac
  if ! dotnet build -c Release -nodeReuse:false -v q --nologo "$root/perf/MediaCore.LoadTests" >"$root/artifacts/build.log" 2>&1; then
    cat "$root/artifacts/build.log" >&2
    exit 1
  fi
  exec dotnet "$root/perf/MediaCore.LoadTests/bin/Release/net10.0/MediaCore.LoadTests.dll" "$command" --scenario "$scenario" \
    --report "$root/perf/results/$(date -u +%F)-$command-$(basename "$scenario" .json)" "${target[@]}" "$@"
}
