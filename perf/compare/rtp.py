"""CPU per relayed packet of MediaCore, rtpengine and the smallest C relay; see rtp.sh."""
import json
import pathlib
import subprocess
import sys
import time

import anchored_calls
import delivery
import goals
import measurement as m
import noise

PACKETS_PER_SECOND = 50
IDLE_SECONDS = 5

# A peer may lose one packet in a thousand, which makes it so much dearer per packet that arrives; of MediaCore every one has to arrive.
PEER_DELIVERY = 0.999
OURS, PEERS = ("mediacore", "srtp"), ("rtpengine", "floor_epoll")


def generate(arguments, sessions, run, key=None):
    run = subprocess.run(
        [f"{arguments.root}/artifacts/media_generator", str(sessions), str(arguments.seconds), str(PACKETS_PER_SECOND), str(run)] + ([key.hex()] if key else []),
        capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise m.Unmeasurable(f"the generator failed:\n{run.stdout}{run.stderr}")
    return json.loads(run.stdout)


def was_delivered(figures, is_peer=False, is_secure=False):
    """Every leg heard its mate, and all of it; with SRTP what was looked into was authentic."""
    return (figures["silent_legs"] == 0 and figures["sent"] > 0 and figures["received"] <= figures["sent"] and figures["received"] >= (PEER_DELIVERY if is_peer else 1) * figures["sent"]
            and (is_peer or figures["other"] == 0) and figures["forged"] == 0 and (figures["checked"] > 0 or not is_secure))


def measure(arguments, label, pids, sessions, key=None):
    """Runs the generator once and reads what the relay spent meanwhile."""
    load_before = m.load()
    cpu_before = m.cpu_seconds(pids)
    figures = generate(arguments, sessions, 1, key)
    cpu = m.cpu_seconds(pids) - cpu_before
    figures.update(relay=label, cpu_s=round(cpu, 2), cpu_us_per_packet=1e6 * cpu / max(figures["received"], 1), load_before=load_before,
                   delivered=was_delivered(figures, label in PEERS, key is not None))
    m.say(f"   {label}: {figures['received']} of {figures['sent']} packets, {figures['silent_legs']} silent legs, {figures['cpu_us_per_packet']:.2f} µs/packet, "
          f"mean delay {figures['mean_latency_us']:.0f} µs, p99.9 {figures['p999_latency_us']:.0f} µs; load before {load_before}")
    return figures


def measure_mediacore(arguments, server, folder, secure=False):
    with anchored_calls.AnchoredCalls(arguments.calls, m.SIP_PORT, secure=secure) as calls:
        sessions = pathlib.Path(folder) / "mediacore.sessions"
        calls.write(sessions)
        m.metrics()
        before, started = m.metrics(), time.monotonic()
        figures = measure(arguments, "srtp" if secure else "mediacore", [server.pid], sessions, anchored_calls.KEY if secure else None)
        after, seconds = m.metrics(), time.monotonic() - started
        again = m.metrics()
        time.sleep(IDLE_SECONDS)
        idle = m.metrics()

    # What a look at the metrics itself allocates, taken off once: it lies half before and half after each reading. And what the process allocates without a packet, with the same calls up.
    look = m.total(again, m.ALLOCATED) - m.total(after, m.ALLOCATED)
    resting = max(0, m.total(idle, m.ALLOCATED) - m.total(again, m.ALLOCATED) - look) / IDLE_SECONDS
    allocated = m.total(after, m.ALLOCATED) - m.total(before, m.ALLOCATED) - resting * seconds
    relayed = m.total(after, "mediacore_rtp_packets_relayed_total") - m.total(before, "mediacore_rtp_packets_relayed_total")
    dropped = m.total(after, "mediacore_rtp_packets_dropped_total") - m.total(before, "mediacore_rtp_packets_dropped_total")
    figures.update(allocated_bytes=allocated, metrics_bytes=look, resting_bytes_per_second=resting, bytes_per_packet=max(0, allocated - look) / max(relayed, 1), relayed=relayed, dropped=dropped,
                   collections=m.total(after, "dotnet_gc_collections_total") - m.total(before, "dotnet_gc_collections_total"))
    return figures


def measure_rtpengine(arguments, processes, folder):
    # A fresh one each time: sessions of the round before would keep their learned sources and let nothing pass.
    rtpengine = m.start_rtpengine(processes, folder)
    sessions = pathlib.Path(folder) / "rtpengine.sessions"
    subprocess.run([sys.executable, f"{arguments.bench}/rtp/rtpengine_setup.py", str(arguments.calls), str(sessions)], check=True)
    figures = measure(arguments, "rtpengine", m.descendants(rtpengine.pid), sessions)
    processes.stop(rtpengine)
    return figures


def measure_floor(arguments, processes, folder, number):
    sessions = pathlib.Path(folder) / f"floor{number}.sessions"
    floor = processes.start(f"floor{number}", [f"{arguments.root}/artifacts/floor_epoll", str(arguments.calls), str(sessions), str(arguments.seconds + 60)])
    m.wait_for(lambda: floor.poll() is not None or (sessions.exists() and len(sessions.read_text().splitlines()) == arguments.calls), "the C relay's start")
    figures = measure(arguments, "floor_epoll", [floor.pid], sessions)
    processes.stop(floor)
    return figures


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=4, help="rounds that count; one more comes first to warm up")
    arguments = parser.parse_args()
    m.bring_loopback_up()
    with m.working_folder() as folder, m.Processes(folder) as processes:
        server, _ = m.start_server(processes, arguments.root, folder)
        rounds = []
        for number in range(arguments.rounds + 1):
            m.say(f"round {number}{' (warm-up, discarded)' if number == 0 else ''}")
            with noise.Watch() as watch:
                taken = {
                    "mediacore": measure_mediacore(arguments, server, folder),
                    "srtp": measure_mediacore(arguments, server, folder, secure=True),
                    "rtpengine": measure_rtpengine(arguments, processes, folder),
                    "floor_epoll": measure_floor(arguments, processes, folder, number)}
            rounds.append({"warm_up": number == 0, **taken, "noise": watch.figures})
    report(arguments, rounds)


def ratios(rounds, peer, figure="cpu_us_per_packet", of="mediacore"):
    return [r[of][figure] / max(r[peer][figure], 1e-9) for r in rounds]


def report(arguments, rounds):
    counted, lost = delivery.whole(noise.counted(rounds), OURS, PEERS)
    counted = noise.steady(counted, lambda r: r["floor_epoll"]["cpu_us_per_packet"])
    figures = goals.Figures(lost)
    figures.add("relay-floor", ratios(counted, "floor_epoll"))
    figures.add("relay-rtpengine", ratios(counted, "rtpengine"))
    figures.add("srtp-plain", ratios(counted, "mediacore", of="srtp"))
    figures.add("relay-delay", ratios(counted, "floor_epoll", figure="p999_latency_us"))
    figures.add("relay-bytes", [r["mediacore"]["bytes_per_packet"] for r in counted])
    data = {
        "what": "rtp", "command": f"perf/compare/rtp.sh --calls {arguments.calls} --seconds {arguments.seconds} --rounds {arguments.rounds}", "machine": m.machine(),
        "commit": m.commit(arguments.root), "rtpengine": m.version_of(["rtpengine", "--version"], r"Version: (\S+)"), "lost_rounds": lost,
        "goals": figures.values, "rounds": rounds,
    }
    lines = [
        "# Media: CPU per relayed packet", "",
        f"{arguments.calls} anchored calls set up over SIP, PCMU at {PACKETS_PER_SECOND} packets/s in both directions for {arguments.seconds} s "
        f"({2 * arguments.calls * PACKETS_PER_SECOND} packets/s), one generator, relays in turns.", "",
        f"- machine: {data['machine']}", f"- commit: {data['commit']}; rtpengine {data['rtpengine']} in userspace; `floor_epoll`: one thread of C, epoll, recv, send on connected sockets",
        f"- command: `{data['command']}`", "",
        "| round | relay | sent | received | µs CPU/packet | mean delay µs | p99.9 µs | load before |", "|---|---|---|---|---|---|---|---|"]
    for number, r in enumerate(rounds):
        for relay in ("mediacore", "srtp", "rtpengine", "floor_epoll"):
            f = r[relay]
            lines.append(f"| {delivery.label(number, r, counted)} | {relay} | {f['sent']} | {f['received']} | {f['cpu_us_per_packet']:.2f} | {f['mean_latency_us']:.0f} | "
                         f"{f['p999_latency_us']:.0f} | {f['load_before']:.1f} |")
    lines += ["", f"- Rounds count in which MediaCore lost nothing in either direction, every 16th packet with SRTP was authenticated by libsrtp2, no peer lost more than {1000 * (1 - PEER_DELIVERY):.0f} of 1,000 packets, and the floor cost what it does at the median, give or take {100 * noise.MOST_DRIFT:.0f} %.",
              *figures.lines(),
              f"- {sum(r['mediacore']['collections'] for r in counted):.0f} collections in {len(counted)} rounds.",
              f"- {noise.summary(counted)}", ""]
    m.write_report(arguments.root, "rtp", data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
