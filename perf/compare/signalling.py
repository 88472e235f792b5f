"""CPU per call of MediaCore and of Kamailio, with media anchored (rtpengine) or passed; see signalling.sh."""
import re
import subprocess
import sys

import delivery
import goals
import measurement as m
import noise

KAMAILIO_PORT = 5070

# Kind of call -> name of the report, its goal; the peer and what it is called.
KINDS = {
    "anchor": ("signalling", "anchored-sbc", "kamailio-sbc.cfg", "Kamailio + rtpengine",
               "An SBC call (B2BUA, topology hidden, media anchored)"),
    "pass": ("proxy", "pass-proxy", "kamailio-proxy.cfg", "Kamailio",
             "A call without media: here a B2BUA call between trunks that pass media (both dialogs, topology of the signalling hidden), there a record-routing, transaction-stateful proxy"),
}

# Of MediaCore every call must succeed. Kamailio's processes may overtake each other, so that SIPp sees a 200 before its 180 and gives that call up;
# a round of Kamailio's with so many good calls still says what a call costs it.
PEER_DELIVERY = 0.99
LINE = re.compile(r"ok (\d+), failed (\d+), retrans (\d+), wall ([\d.]+)s")


def run_round(arguments, label, port, pids):
    """One run of SIPp's caller and callee through a server; figures of the round."""
    load_before = m.load()
    cpu = m.cpu_seconds(pids)
    run = subprocess.run(
        ["bash", f"{arguments.bench}/peers/run-signalling.sh", label, str(arguments.rate), str(arguments.calls), f"127.0.0.1:{port}", ""],
        capture_output=True, text=True, check=False)
    cpu = m.cpu_seconds(pids) - cpu
    found = LINE.search(run.stdout)
    if not found:
        raise m.Unmeasurable(f"SIPp gave no figures:\n{run.stdout}{run.stderr}")
    ok, failed, retransmitted = (int(found.group(i)) for i in (1, 2, 3))
    figures = {
        "server": label, "ok": ok, "failed": failed, "retransmissions": retransmitted, "wall_s": float(found.group(4)),
        "cpu_s": cpu, "cpu_ms_per_call": 1000 * cpu / max(ok, 1), "load_before": load_before,
        "delivered": retransmitted == 0 and (failed == 0 and ok == arguments.calls if label == "mediacore" else ok >= PEER_DELIVERY * arguments.calls),
    }
    m.say(f"   {label}: ok {ok}, failed {failed}, retransmissions {retransmitted}, {figures['cpu_ms_per_call']:.3f} ms a call; load before {load_before}")
    return figures


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--calls", type=int, default=3000, help="of a round, which at the default rate is 15 s")
    parser.add_argument("--no-media", dest="media", action="store_const", const="pass", default="anchor", help="media passes both servers by")
    parser.add_argument("--rounds", type=int, default=5, help="pairs that count; one more comes first to warm up")
    arguments = parser.parse_args()
    anchors = arguments.media == "anchor"
    peer_name = KINDS[arguments.media][3]
    m.bring_loopback_up()
    with m.working_folder() as folder, m.Processes(folder) as processes:
        rtpengine = m.start_rtpengine(processes, folder) if anchors else None
        kamailio = processes.start("kamailio", [
            "kamailio", "-f", f"{arguments.bench}/peers/{KINDS[arguments.media][2]}", "-DD", "-E", "-Y", folder, "-P", f"{folder}/kamailio.pid"])
        server, start_seconds = m.start_server(processes, arguments.root, folder, media=arguments.media)
        m.wait_for(lambda: kamailio.poll() is not None or len(m.descendants(kamailio.pid)) >= (4 if anchors else 3), "Kamailio's start")
        if kamailio.poll() is not None:
            raise m.Unmeasurable("Kamailio did not start:\n" + kamailio.log_path.read_text(errors="replace"))
        peer_pids = m.descendants(kamailio.pid) + (m.descendants(rtpengine.pid) if anchors else [])
        m.say(f"started: MediaCore {server.pid}, {peer_name} {peer_pids}; first OPTIONS answered after {start_seconds:.2f} s")

        rounds = []
        for number in range(arguments.rounds + 1):
            m.say(f"round {number}{' (warm-up, discarded)' if number == 0 else ''}")
            before = m.metrics()
            with noise.Watch() as watch:
                ours = run_round(arguments, "mediacore", m.SIP_PORT, [server.pid])
                after = m.metrics()
                rtpengine_before = m.cpu_seconds([rtpengine.pid]) if anchors else 0
                peer = run_round(arguments, peer_name.lower().replace(" ", ""), KAMAILIO_PORT, peer_pids)
            ours["allocated_bytes_per_call"] = (m.total(after, m.ALLOCATED) - m.total(before, m.ALLOCATED)) / max(ours["ok"], 1)
            peer["rtpengine_cpu_ms_per_call"] = 1000 * ((m.cpu_seconds([rtpengine.pid]) if anchors else 0) - rtpengine_before) / max(peer["ok"], 1)
            rounds.append({"warm_up": number == 0, "mediacore": ours, "peer": peer, "ratio": ours["cpu_ms_per_call"] / max(peer["cpu_ms_per_call"], 1e-9), "noise": watch.figures})
        memory = {"mediacore": m.resident_bytes([server.pid]), "peer": m.resident_bytes(peer_pids)}
    report(arguments, rounds, start_seconds, memory)


def report(arguments, rounds, start_seconds, memory):
    name, key, _, peer_name, what = KINDS[arguments.media]
    flag = " --no-media" if arguments.media == "pass" else ""
    clean, lost = delivery.whole(noise.counted(rounds))
    figures = goals.Figures(lost)
    figures.add(key, [r["ratio"] for r in clean])
    if arguments.media == "anchor":
        figures.add("call-bytes", [r["mediacore"]["allocated_bytes_per_call"] for r in clean])
    data = {
        "what": name, "command": f"perf/compare/signalling.sh{flag} --rate {arguments.rate} --calls {arguments.calls} --rounds {arguments.rounds}",
        "machine": m.machine(), "commit": m.commit(arguments.root), "kamailio": m.version_of(["kamailio", "-v"], r"kamailio ([\d.]+)"),
        "rtpengine": m.version_of(["rtpengine", "--version"], r"Version: (\S+)"), "lost_rounds": lost, "goals": figures.values, "start_to_options_s": start_seconds, "resident_bytes_after": memory, "rounds": rounds,
    }
    lines = [
        "# Signalling: CPU per call", "",
        f"{what}: INVITE, 180, 200, ACK, BYE, 200 at {arguments.rate} calls/s, {arguments.calls} calls a round,",
        f"SIPp on both sides, both servers up, rounds in turns. CPU is user and system time of the server's processes ({peer_name}: all of them).", "",
        f"- machine: {data['machine']}", f"- commit: {data['commit']}; Kamailio {data['kamailio']}, rtpengine {data['rtpengine']}", f"- command: `{data['command']}`", "",
        f"| round | MediaCore ms/call | {peer_name} ms/call | of it rtpengine | ratio | failed | retransmissions | load before | MediaCore bytes/call |",
        "|---|---|---|---|---|---|---|---|---|"]
    for number, r in enumerate(rounds):
        a, b = r["mediacore"], r["peer"]
        lines.append(f"| {delivery.label(number, r, clean)} | {a['cpu_ms_per_call']:.3f} | {b['cpu_ms_per_call']:.3f} | {b['rtpengine_cpu_ms_per_call']:.3f} | {r['ratio']:.2f} | {a['failed']} / {b['failed']} | "
                     f"{a['retransmissions']} / {b['retransmissions']} | {a['load_before']:.1f} / {b['load_before']:.1f} | {a['allocated_bytes_per_call']:.0f} |")
    lines += ["", *figures.lines(), f"- {noise.summary(clean)}", "",
              f"Start to the first answered OPTIONS: {start_seconds:.2f} s. Memory (PSS) after the run: MediaCore {memory['mediacore'] / 2**20:.0f} MiB, "
              f"{peer_name} {memory['peer'] / 2**20:.0f} MiB.", ""]
    m.write_report(arguments.root, name, data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
