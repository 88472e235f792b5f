"""Processor time per call of the load generator and of SIPp, with nothing between caller and callee; see generator.sh."""
import argparse
import csv
import json
import pathlib
import resource
import subprocess
import sys

import measurement as m

BOUND = 3
HOLD_MS = 200
CALLER_PORT, CALLEE_PORT = 5080, 5090


def children_cpu():
    """Processor time of all processes that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_ours(arguments, folder):
    """Its own accounting, from before the first call: what the runtime's start costs is the same for ten calls and for ten million."""
    report = pathlib.Path(folder) / "ours"
    before = m.load()
    run = subprocess.run(
        ["dotnet", f"{arguments.root}/perf/MediaCore.LoadTests/bin/Release/net10.0/MediaCore.LoadTests.dll", "load", "--scenario", f"{arguments.root}/perf/scenarios/signalling.json",
         "--direct", "--rate", str(arguments.rate), "--seconds", str(arguments.seconds), "--report", str(report)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, timeout=arguments.seconds + 120)
    if run.returncode not in (0, 1):
        raise SystemExit(f"the load generator ended with {run.returncode}:\n{run.stderr}")
    figures = json.loads(report.with_suffix(".json").read_text())
    totals = figures["totals"]
    return finish("mediacore", totals["ended"], totals["failed"], totals["retransmissions"], figures["generatorCpuSeconds"], before, arguments)


def run_sipp(arguments, folder):
    """User and system time of both processes, from their start to their end."""
    before, cpu = m.load(), children_cpu()
    calls = arguments.rate * arguments.seconds
    stat = pathlib.Path(folder) / "sipp.csv"
    stat.unlink(missing_ok=True)
    common = ["-i", "127.0.0.1", "-mi", "127.0.0.1", "-nostdin", "-buff_size", "4194304", "-l", "100000", "-m", str(calls)]
    callee = subprocess.Popen(["sipp", "-sf", f"{arguments.bench}/peers/uas.xml", "-p", str(CALLEE_PORT), *common], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        m.wait_for(lambda: callee.poll() is not None or any(f"{CALLEE_PORT:04X}" in line.split()[1] for line in pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]), "SIPp's callee")
        subprocess.run(
            ["sipp", "-sf", f"{arguments.bench}/peers/uac.xml", "-s", "+18005550199", "-p", str(CALLER_PORT), "-r", str(arguments.rate), "-d", str(HOLD_MS), "-trace_stat", "-fd", "1000s", "-stf", str(stat),
             *common, f"127.0.0.1:{CALLEE_PORT}"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=arguments.seconds + 120)
        callee.wait(60)
    finally:
        if callee.poll() is None:
            callee.kill()
            callee.wait()
    row = list(csv.DictReader(stat.open(), delimiter=";"))[-1]
    return finish("sipp", int(row["SuccessfulCall(C)"]), int(row["FailedCall(C)"]), int(row["Retransmissions(C)"]), children_cpu() - cpu, before, arguments)


def finish(name, ended, failed, again, cpu, load_before, arguments):
    figures = {"generator": name, "ended": ended, "failed": failed, "retransmissions": again, "cpu_s": cpu, "cpu_ms_per_call": 1000 * cpu / max(ended, 1), "calls_per_core_second": ended / max(cpu, 1e-9),
               "load_before": load_before, "whole": failed == 0 and ended >= 0.99 * arguments.rate * arguments.seconds}
    m.say(f"   {name}: {ended} calls, {failed} failed, {again} sent again, {figures['cpu_ms_per_call']:.3f} ms a call; load before {load_before}")
    return figures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=5, help="pairs that count; one more comes first to warm up")
    arguments = parser.parse_args()
    m.bring_loopback_up()
    rounds = []
    with m.working_folder() as folder:
        for number in range(arguments.rounds + 1):
            m.say(f"round {number}{' (warm-up, discarded)' if number == 0 else ''}")
            ours, peer = run_ours(arguments, folder), run_sipp(arguments, folder)
            rounds.append({"warm_up": number == 0, "mediacore": ours, "sipp": peer, "ratio": peer["cpu_ms_per_call"] / ours["cpu_ms_per_call"]})
    clean = [r for r in rounds if not r["warm_up"] and r["mediacore"]["whole"] and r["sipp"]["whole"]]
    if not clean:
        raise SystemExit("in no round did both go through all their calls: nothing can be compared on this machine now")
    ratio, lowest, highest = m.spread([r["ratio"] for r in clean])
    data = {"what": "generator", "command": f"perf/compare/generator.sh --rate {arguments.rate} --seconds {arguments.seconds} --rounds {arguments.rounds}", "machine": m.machine(), "commit": m.commit(arguments.root),
            "sipp": m.version_of(["sipp", "-v"], r"SIPp v([\w.\-]+)"), "ratio_median": ratio, "ratio_lowest": lowest, "ratio_highest": highest, "bound": BOUND, "rounds": rounds}
    lines = ["# The load generator: processor time per call", "",
             f"Caller and callee straight to each other, INVITE, 180, 200, ACK, {HOLD_MS} ms, BYE, 200 at {arguments.rate} calls/s for {arguments.seconds} s, no media sent. Ours: one process, its time from before the first call;",
             "SIPp: uac and uas together.", "", f"- machine: {data['machine']}", f"- commit: {data['commit']}; SIPp {data['sipp']}", f"- command: `{data['command']}`", "",
             "| round | MediaCore ms/call | SIPp ms/call | SIPp / MediaCore | failed | sent again | load before |", "|---|---|---|---|---|---|---|"]
    for number, r in enumerate(rounds):
        a, b = r["mediacore"], r["sipp"]
        name = "warm-up" if r["warm_up"] else str(number) + ("" if r in clean else " (not counted)")
        lines.append(f"| {name} | {a['cpu_ms_per_call']:.3f} | {b['cpu_ms_per_call']:.3f} | {r['ratio']:.2f} | {a['failed']} / {b['failed']} | {a['retransmissions']} / {b['retransmissions']} | {a['load_before']:.1f} / {b['load_before']:.1f} |")
    lines += ["", f"**{ratio:.2f}** times SIPp's calls per second per core (median of {len(clean)} rounds, {lowest:.2f} to {highest:.2f}); the bound is {BOUND}.", ""]
    if max(r[k]["load_before"] for r in clean for k in ("mediacore", "sipp")) > 2:
        lines += ["The machine was busy with other work: the ratio says less than on a quiet one.", ""]
    m.write_report(arguments.root, "generator", data, "\n".join(lines))
    sys.exit(0 if ratio >= BOUND else 1)


if __name__ == "__main__":
    main()
