"""Memory per held call of MediaCore and of Kamailio with rtpengine; see memory.sh."""
import os
import re
import subprocess
import sys
import time

import delivery
import goals
import measurement as m
import noise

KAMAILIO_PORT = 5070

# A peer may give so few calls up, each of which makes it seem cheaper; MediaCore has to hold all of them.
PEER_DELIVERY = 0.99

LINE = re.compile(r"ok (\d+), failed (\d+), retrans (\d+)")


def measure(arguments, label, port, pids):
    """Growth from half of the calls to all of them: what a server makes once, compiled code above all, and the transactions of the last half minute are there at both looks."""
    load_before = m.load()
    build_up = arguments.calls / arguments.rate
    run = subprocess.Popen(
        ["bash", f"{arguments.bench}/peers/run-signalling.sh", label, str(arguments.rate), str(arguments.calls), f"127.0.0.1:{port}", ""],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "HOLD": str(int((build_up + 15) * 1000))})
    started = time.monotonic()
    time.sleep(max(0, started + build_up / 2 - time.monotonic()))
    half = m.resident_bytes(pids)
    time.sleep(max(0, started + build_up + 2 - time.monotonic()))
    whole = m.resident_bytes(pids)
    found = LINE.search(run.communicate()[0])
    if not found or run.returncode != 0:
        raise m.Unmeasurable("SIPp gave no figures")
    ok, failed = int(found.group(1)), int(found.group(2))
    figures = {"server": label, "ok": ok, "failed": failed, "half_bytes": half, "whole_bytes": whole, "bytes_per_call": (whole - half) / (arguments.calls / 2),
               "load_before": load_before, "delivered": ok >= (PEER_DELIVERY if label != "mediacore" else 1) * arguments.calls}
    m.say(f"   {label}: {ok} of {arguments.calls} calls, {half / 1048576:.1f} MiB with half of them, {whole / 1048576:.1f} MiB with all: {figures['bytes_per_call'] / 1024:.1f} KiB a call")
    return figures


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--rate", type=int, default=25)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3, help="each with fresh servers, since freed memory stays with a process")
    arguments = parser.parse_args()
    m.bring_loopback_up()
    rounds = []
    for number in range(arguments.rounds):
        m.say(f"round {number + 1}")
        with m.working_folder() as folder, m.Processes(folder) as processes:
            rtpengine = m.start_rtpengine(processes, folder)
            kamailio = processes.start("kamailio", ["kamailio", "-f", f"{arguments.bench}/peers/kamailio-sbc.cfg", "-DD", "-E", "-Y", folder, "-P", f"{folder}/kamailio.pid"])
            # Nobody sends media: a call is not to be ended for that.
            server, _ = m.start_server(processes, arguments.root, folder, more={"media": {"address": "127.0.0.1", "ports": m.MEDIA_PORTS, "timeoutSeconds": 0}})
            m.wait_for(lambda: kamailio.poll() is not None or len(m.descendants(kamailio.pid)) >= 4, "Kamailio's start")
            if kamailio.poll() is not None:
                raise m.Unmeasurable("Kamailio did not start:\n" + kamailio.log_path.read_text(errors="replace"))
            with noise.Watch() as watch:
                taken = {"mediacore": measure(arguments, "mediacore", m.SIP_PORT, [server.pid]),
                         "peer": measure(arguments, "kamailio+rtpengine", KAMAILIO_PORT, m.descendants(kamailio.pid) + m.descendants(rtpengine.pid))}
            rounds.append({**taken, "noise": watch.figures})
    report(arguments, rounds)


def report(arguments, rounds):
    counted, lost = delivery.whole(noise.counted(rounds))
    figures = goals.Figures(lost)
    figures.add("memory", [r["mediacore"]["bytes_per_call"] / max(r["peer"]["bytes_per_call"], 1) for r in counted])
    data = {"what": "memory", "command": f"perf/compare/memory.sh --calls {arguments.calls} --rate {arguments.rate} --rounds {arguments.rounds}", "machine": m.machine(),
            "commit": m.commit(arguments.root), "kamailio": m.version_of(["kamailio", "-v"], r"kamailio ([\d.]+)"), "rtpengine": m.version_of(["rtpengine", "--version"], r"Version: (\S+)"),
            "lost_rounds": lost, "goals": figures.values, "rounds": rounds}
    lines = ["# Memory per held call", "",
             f"{arguments.calls} answered, anchored SBC calls without media packets at {arguments.rate} calls/s, all held; growth of the proportional set size (PSS) from half of them to all of them, by call. Fresh servers each round.", "",
             f"- machine: {data['machine']}", f"- commit: {data['commit']}; Kamailio {data['kamailio']}, rtpengine {data['rtpengine']}", f"- command: `{data['command']}`", "",
             "| round | who | held | MiB with half | MiB with all | KiB per call |", "|---|---|---|---|---|---|"]
    for number, r in enumerate(rounds, 1):
        for who in ("mediacore", "peer"):
            f = r[who]
            lines.append(f"| {delivery.label(number, r, counted)} | {f['server']} | {f['ok']} | {f['half_bytes'] / 1048576:.1f} | {f['whole_bytes'] / 1048576:.1f} | {f['bytes_per_call'] / 1024:.1f} |")
    lines += ["", *figures.lines(), f"- {noise.summary(counted)}", ""]
    m.write_report(arguments.root, "memory", data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
