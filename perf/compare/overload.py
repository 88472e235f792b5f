"""Goodput beyond the knee; see overload.sh."""
import csv
import os
import pathlib
import resource
import subprocess
import sys
import time

import goals
import measurement as m
import noise

SERVED_WHOLE = 0.98
HOLD_MS = 100

FIRST_PORT, LAST_PORT = 10000, 65535
OTHER_DESCRIPTORS = 1000

# Below these it is not the server's processor that was overloaded, and a goodput says nothing about overload.
LEAST_REACHED = 0.9          # of the rate that was to be offered
LEAST_BUSY = 0.9             # of the server's one processor, while calls come
LEAST_BY_GATE = 0.95         # of the 503s that the caller saw: the rest are a limit's (ports, calls), whose knee is a setting
GATE_503 = 'mediacore_sip_defence_dropped_total{reason="overload"}'


def media_ports(descriptors):
    """
    As many ports as there are or as descriptors are allowed for (ulimit -Hn), one each. An anchored call takes two pairs and rests them for 2 s: 27,768 pairs are 6,600 calls/s, the 9,500 of 20,000 descriptors 2,250. With the 5,000 of the
    other comparisons the knee was 1,190/s, the range's.
    """
    ports = LAST_PORT + 1 - FIRST_PORT
    if descriptors != resource.RLIM_INFINITY:
        ports = min(ports, max(4, descriptors - OTHER_DESCRIPTORS))
    return f"{FIRST_PORT}-{FIRST_PORT + ports // 4 * 4 - 1}"


def number(row, name):
    return sum(int(value) for key, value in row.items() if key and key.startswith(name) and value and value.strip("-").isdigit())


def busy_share(server, seconds):
    """Processors that the server takes while the calls come: neither SIPp's start nor the tail behind the last call is in it."""
    time.sleep(0.2 * seconds)
    cpu, started = m.cpu_seconds([server.pid]), time.monotonic()
    time.sleep(0.7 * seconds)
    return (m.cpu_seconds([server.pid]) - cpu) / (time.monotonic() - started)


def what_else_limits(figures):
    """Why a run beyond the knee does not show an overloaded server, or None when it does."""
    if figures["reached"] < LEAST_REACHED * figures["offered"]:
        return f"SIPp reached {figures['reached']:.0f} of {figures['offered']} calls/s: the generator was the limit"
    if figures["server_cpu"] < LEAST_BUSY:
        return f"the server took {figures['server_cpu']:.2f} of its one processor: something else was the limit"
    if figures["server_503"] < LEAST_BY_GATE * figures["refused_503"]:
        return f"the overload gate answered {figures['server_503']:.0f} of {figures['refused_503']} 503s: another limit (ports, calls) refused the rest"
    return None


def offer(arguments, folder, rate, server):
    """One run of the caller at a rate; what became of its calls."""
    stat = pathlib.Path(folder) / "caller.csv"
    stat.unlink(missing_ok=True)
    calls = rate * arguments.seconds
    before, load = m.metrics(), m.load()
    started = time.monotonic()
    caller = subprocess.Popen(
        arguments.elsewhere + ["sipp", "-sf", f"{arguments.root}/perf/compare/overload-caller.xml", "-s", "+18005550199", "-i", "127.0.0.1", "-p", "5080", "-mi", "127.0.0.1",
                               "-r", str(rate), "-m", str(calls), "-d", str(HOLD_MS), "-l", "200000", "-nostdin", "-buff_size", "4194304", "-trace_stat", "-fd", "1000s",
                               "-stf", str(stat), "-recv_timeout", "10000", f"127.0.0.1:{m.SIP_PORT}"],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        busy = busy_share(server, arguments.seconds)
        caller.wait(arguments.seconds + 60)
    finally:
        if caller.poll() is None:
            caller.kill()
            caller.wait()
    wall = time.monotonic() - started
    row = list(csv.DictReader(stat.open(), delimiter=";"))[-1]
    after = m.metrics()
    refused = number(row, "GenericCounter1(C)") or number(row, "1(C)")
    done, failed = number(row, "SuccessfulCall(C)"), number(row, "FailedCall(C)")
    span = max(wall - HOLD_MS / 1000, 0.001)
    figures = {
        "offered": rate, "reached": calls / span, "wall_s": wall, "served": done - refused, "refused_503": refused, "unanswered": failed,
        "goodput": (done - refused) / span, "retransmissions": number(row, "Retransmissions(C)"), "load_before": load,
        "server_cpu": busy,
        "server_503": after.get(GATE_503, 0) - before.get(GATE_503, 0),
    }
    m.say(f"   {rate}/s offered, {figures['reached']:.0f}/s reached: {figures['goodput']:.0f}/s served, {refused} refused with 503 ({figures['server_503']:.0f} by the gate), {failed} failed, "
          f"{figures['retransmissions']} retransmissions, server {figures['server_cpu']:.2f} processors, load {load:.1f}")
    return figures


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--media", choices=("anchor", "pass"), default="anchor", help="anchored calls cost the server more than SIPp, which is what it takes to offer twice the knee")
    parser.add_argument("--rates", default="800,1600,2000,2400,2800,3200,3600,4000,4800,5600,6400,8000")
    arguments = parser.parse_args()
    m.bring_loopback_up()
    processors = sorted(os.sched_getaffinity(0))
    arguments.elsewhere = ["taskset", "-c", ",".join(map(str, processors[1:]))] if len(processors) > 1 else []
    with m.working_folder() as folder, m.Processes(folder) as processes:
        more = {"engine": {"shards": 1}, "media": {"address": "127.0.0.1", "ports": media_ports(resource.getrlimit(resource.RLIMIT_NOFILE)[1])}}
        server, _ = m.start_server(processes, arguments.root, folder, more, media=arguments.media)
        subprocess.run(["taskset", "-a", "-p", "-c", str(processors[0]), str(server.pid)], check=True, stdout=subprocess.DEVNULL)
        processes.start("callee", arguments.elsewhere + ["sipp", "-sf", f"{arguments.bench}/peers/uas.xml", "-i", "127.0.0.1", "-p", "5090", "-mi", "127.0.0.1", "-nostdin", "-buff_size", "4194304"])
        time.sleep(0.5)
        offer(arguments, folder, 200, server)
        steps, knee = [], 0
        for rate in map(int, arguments.rates.split(",")):
            steps.append(offer(arguments, folder, rate, server))
            if steps[-1]["goodput"] >= SERVED_WHOLE * steps[-1]["reached"] and steps[-1]["unanswered"] == 0 and steps[-1]["reached"] >= 0.9 * rate:
                knee = rate
            else:
                break
        if knee == 0:
            raise m.Unmeasurable("not even the lowest rate is served whole: nothing can be measured on this machine now")
        rounds = []
        for _ in range(arguments.rounds):
            with noise.Watch() as watch:
                taken = {"knee": offer(arguments, folder, knee, server), "twice": offer(arguments, folder, 2 * knee, server)}
            rounds.append({**taken, "noise": watch.figures})
    report(arguments, knee, steps, rounds)


def report(arguments, knee, steps, rounds):
    counted = noise.counted(rounds)
    others = [what_else_limits(r["twice"]) for r in counted]
    if any(others):
        raise m.Unmeasurable(f"No figure of overload at {2 * knee}/s: " + "; ".join(sorted({why for why in others if why})) + ". Nothing was written.")
    peak = max([s["goodput"] for s in steps] + [r["knee"]["goodput"] for r in counted])
    figures = goals.Figures()
    figures.add("goodput", [r["twice"]["goodput"] / peak for r in counted])
    figures.add("unanswered", [r["twice"]["unanswered"] for r in counted])
    data = {"what": "overload", "machine": m.machine(), "commit": m.commit(arguments.root), "knee": knee, "peak": peak, "goals": figures.values,
            "steps": steps, "rounds": rounds,
            "command": f"perf/compare/overload.sh --seconds {arguments.seconds} --rounds {arguments.rounds} --media {arguments.media} --rates {arguments.rates}"}
    lines = ["# Overload: goodput at twice the knee", "",
             f"SBC calls (INVITE, 180, 200, ACK, {HOLD_MS} ms, BYE, 200; media {arguments.media}) through MediaCore with one shard on one processor;",
             "SIPp's caller and callee on the others. The caller takes 503 for an answer. Goodput is whole calls per second of the run, the tail included.",
             f"It counts only when the server's processor was busy at twice the knee (at least {LEAST_BUSY:g} of it), SIPp reached the rate and the overload gate answered the 503s.", "",
             f"- machine: {data['machine']}", f"- commit: {data['commit']}", f"- command: `{data['command']}`", "",
             "| offered/s | reached/s | served/s | 503 | by the gate | failed | retransmissions | server's processors | load before |", "|---|---|---|---|---|---|---|---|---|"]
    for step in steps + [f for r in rounds for f in (r["knee"], r["twice"])]:
        lines.append(f"| {step['offered']} | {step['reached']:.0f} | {step['goodput']:.0f} | {step['refused_503']} | {step['server_503']:.0f} | {step['unanswered']} | {step['retransmissions']} | "
                     f"{step['server_cpu']:.2f} | {step['load_before']:.1f} |")
    lines += ["", f"The peak was {peak:.0f} calls/s, the knee {knee}/s.", "", *figures.lines(), f"- {noise.summary(counted)}", ""]
    m.write_report(arguments.root, "overload", data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
