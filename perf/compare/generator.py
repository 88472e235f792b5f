"""Processor time per call of the load generator and of SIPp, with nothing between caller and callee; see generator.sh."""
import csv
import json
import pathlib
import resource
import subprocess
import sys

import measurement as m
import noise

BOUND = 3
HOLD_MS = 200
CALLER_PORT, CALLEE_PORT = 5080, 5090


def children_cpu():
    """User and system time of all processes that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_ours(arguments, rate, folder):
    """Its own accounting, from before the first call: what the runtime's start costs is the same for ten calls and for ten million."""
    report = pathlib.Path(folder) / "ours"
    run = subprocess.run(
        ["dotnet", f"{arguments.root}/perf/MediaCore.LoadTests/bin/Release/net10.0/MediaCore.LoadTests.dll", "load", "--scenario", f"{arguments.root}/perf/scenarios/signalling.json",
         "--direct", "--rate", str(rate), "--seconds", str(arguments.seconds), "--report", str(report)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, timeout=arguments.seconds + 120)
    if run.returncode not in (0, 1):
        raise m.Unmeasurable(f"the load generator ended with {run.returncode}:\n{run.stderr}")
    figures = json.loads(report.with_suffix(".json").read_text())
    totals = figures["totals"]
    return finish("mediacore", totals["ended"], totals["failed"], totals["retransmissions"], figures["generatorCpuSeconds"], rate, arguments)


def run_sipp(arguments, rate, folder):
    """User and system time of both processes, from their start to their end."""
    cpu = children_cpu()
    calls = rate * arguments.seconds
    stat = pathlib.Path(folder) / "sipp.csv"
    stat.unlink(missing_ok=True)
    common = ["-i", "127.0.0.1", "-mi", "127.0.0.1", "-nostdin", "-buff_size", "4194304", "-l", "100000", "-m", str(calls)]
    callee = subprocess.Popen(["sipp", "-sf", f"{arguments.bench}/peers/uas.xml", "-p", str(CALLEE_PORT), *common], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        m.wait_for(lambda: callee.poll() is not None or any(f"{CALLEE_PORT:04X}" in line.split()[1] for line in pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]), "SIPp's callee")
        subprocess.run(
            ["sipp", "-sf", f"{arguments.bench}/peers/uac.xml", "-s", "+18005550199", "-p", str(CALLER_PORT), "-r", str(rate), "-d", str(HOLD_MS), "-trace_stat", "-fd", "1000s", "-stf", str(stat),
             *common, f"127.0.0.1:{CALLEE_PORT}"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=arguments.seconds + 120)
        callee.wait(60)
    finally:
        if callee.poll() is None:
            callee.kill()
            callee.wait()
    row = list(csv.DictReader(stat.open(), delimiter=";"))[-1]
    return finish("sipp", int(row["SuccessfulCall(C)"]), int(row["FailedCall(C)"]), int(row["Retransmissions(C)"]), children_cpu() - cpu, rate, arguments)


def finish(name, ended, failed, again, cpu, rate, arguments):
    figures = {"generator": name, "rate": rate, "ended": ended, "failed": failed, "retransmissions": again, "cpu_s": cpu, "cpu_us_per_call": 1e6 * cpu / max(ended, 1), "calls_per_core_second": ended / max(cpu, 1e-9),
               "whole": failed == 0 and ended >= 0.99 * rate * arguments.seconds}
    m.say(f"   {name} at {rate}/s: {ended} calls, {failed} failed, {again} sent again, {figures['cpu_us_per_call']:.1f} us a call")
    return figures


def pair(arguments, rate, number, folder):
    with noise.Watch() as watch:
        ours, peer = run_ours(arguments, rate, folder), run_sipp(arguments, rate, folder)
    return {"warm_up": number == 0, "rate": rate, "mediacore": ours, "sipp": peer, "ratio": peer["cpu_us_per_call"] / ours["cpu_us_per_call"], "noise": watch.figures}


def summarize(rate, rounds):
    """The median of a rate's rounds on a quiet machine in which both went through all their calls."""
    ratios = [r["ratio"] for r in noise.counted([r for r in rounds if r["rate"] == rate]) if r["mediacore"]["whole"] and r["sipp"]["whole"]]
    if not ratios:
        raise m.Unmeasurable(f"at {rate} calls/s there was no round in which both went through all their calls: ask for lower --rates")
    median, lowest, highest = m.spread(ratios)
    return {"rate": rate, "ratio_median": median, "ratio_lowest": lowest, "ratio_highest": highest, "rounds": len(ratios)}


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--rates", default="500,1000,2000,4000")
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=5, help="pairs of each rate that count; one more comes first to warm up")
    arguments = parser.parse_args()
    rates = sorted(int(rate) for rate in arguments.rates.split(","))
    m.bring_loopback_up()
    rounds = []
    with m.working_folder() as folder:
        for number in range(arguments.rounds + 1):
            m.say(f"round {number}{' (warm-up, discarded)' if number == 0 else ''}")
            rounds += [pair(arguments, rate, number, folder) for rate in rates]
    sums = [summarize(rate, rounds) for rate in rates]
    last = sums[-1]
    data = {"what": "generator", "command": f"perf/compare/generator.sh --rates {arguments.rates} --seconds {arguments.seconds} --rounds {arguments.rounds}", "machine": m.machine(), "commit": m.commit(arguments.root),
            "sipp": m.version_of(["sipp", "-v"], r"SIPp v([\w.\-]+)"), "bound": BOUND, "rates": sums, **{key: last[key] for key in ("ratio_median", "ratio_lowest", "ratio_highest")}, "rounds": rounds}
    lines = ["# The load generator: processor time per call", "",
             f"Caller and callee straight to each other, INVITE, 180, 200, ACK, {HOLD_MS} ms, BYE, 200 for {arguments.seconds} s, no media sent. Ours: one process, its time from before the first call; SIPp: uac and uas together.",
             "", f"- machine: {data['machine']}", f"- commit: {data['commit']}; SIPp {data['sipp']}", f"- command: `{data['command']}`", f"- {noise.summary([r for r in rounds if not r['warm_up'] and r['noise']['quiet']])}", "",
             "| calls/s | SIPp / MediaCore, median | lowest | highest | rounds |", "|---|---|---|---|---|"]
    lines += [f"| {s['rate']} | {s['ratio_median']:.2f} | {s['ratio_lowest']:.2f} | {s['ratio_highest']:.2f} | {s['rounds']} |" for s in sums]
    lines += ["", "| round | calls/s | MediaCore us/call | SIPp us/call | SIPp / MediaCore | failed | sent again |", "|---|---|---|---|---|---|---|"]
    for index, r in enumerate(rounds):
        a, b = r["mediacore"], r["sipp"]
        lines.append(f"| {noise.label(index // len(rates), r)} | {r['rate']} | {a['cpu_us_per_call']:.1f} | {b['cpu_us_per_call']:.1f} | {r['ratio']:.2f} | {a['failed']} / {b['failed']} | {a['retransmissions']} / {b['retransmissions']} |")
    lines += ["", f"**{last['ratio_median']:.2f}** times SIPp's calls per second per core at {last['rate']} calls/s (median of {last['rounds']} rounds, {last['ratio_lowest']:.2f} to {last['ratio_highest']:.2f}); the bound is {BOUND}.", ""]
    m.write_report(arguments.root, "generator", data, "\n".join(lines))
    sys.exit(0 if last["ratio_median"] >= BOUND else 1)


if __name__ == "__main__":
    m.run(main)
