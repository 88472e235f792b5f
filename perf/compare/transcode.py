"""CPU of Opus with PCMU: MediaCore, rtpengine and a bare loop over libopus; see transcode.sh."""
import json
import pathlib
import subprocess
import sys

import anchored_calls
import delivery
import goals
import measurement as m
import noise

# What a jitter buffer and a clock of 20 ms may still hold of a leg when the generator stops, beside what they hold back at the start.
MOST_MISSING_PACKETS_PER_LEG = 10

# A peer may lose one packet in a thousand; MediaCore none.
PEER_LOSS = 0.001

OPUS = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=ptime:20\r\n"
TRUNKS = [{"name": "callers", "targets": ["sip:127.0.0.1:5091;transport=udp"], "from": ["127.0.0.0/8"]},
          {"name": "carrier-a", "targets": ["sip:127.0.0.1:5090;transport=udp"], "codecs": ["opus"]}]


def run(arguments, *words):
    result = subprocess.run([f"{arguments.root}/artifacts/transcode_generator", *map(str, words)], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise m.Unmeasurable(f"the generator failed:\n{result.stdout}{result.stderr}")
    return json.loads(result.stdout)


def was_delivered(figures, is_peer=False):
    """
    Every leg heard its mate: what it got has no gap in the transcoder's numbering, and no leg is short by more than buffers hold. A transcoder makes up for what it did not get, so its output alone does not show what it
    lost: the kernel must have dropped nothing on the way in either.
    """
    allowed = PEER_LOSS * figures["sent"] if is_peer else 0
    return (figures["silent_legs"] == 0 and figures["worst_missing"] <= MOST_MISSING_PACKETS_PER_LEG and figures["gaps"] <= allowed and figures["drops"] <= allowed
            and (is_peer or figures["wrong"] == 0))


def measure(arguments, label, pids, sessions):
    load_before = m.load()
    drops, before = m.udp_drops(), m.cpu_seconds(pids)
    figures = run(arguments, sessions, arguments.seconds)
    cpu = m.cpu_seconds(pids) - before
    frames = figures["sent"] / 2
    figures.update(cpu_s=round(cpu, 2), cpu_us_per_frame=1e6 * cpu / max(frames, 1), drops=m.udp_drops() - drops, load_before=load_before)
    figures["delivered"] = was_delivered(figures, label != "mediacore")
    m.say(f"   {label}: {figures['received_pcmu']} PCMU and {figures['received_opus']} Opus of {figures['sent']}, {figures['wrong']} others, {figures['gaps']} missing, {figures['drops']} dropped by the kernel, {figures['cpu_us_per_frame']:.1f} µs per frame of both directions; load {load_before}")
    return figures


def measure_mediacore(arguments, server, folder):
    with anchored_calls.AnchoredCalls(arguments.calls, m.SIP_PORT, answer=OPUS) as calls:
        sessions = pathlib.Path(folder) / "mediacore.sessions"
        calls.write(sessions)
        return measure(arguments, "mediacore", [server.pid], sessions)


def measure_rtpengine(arguments, processes, folder):
    # A fresh one each time: sessions of the round before would keep their learned sources and let nothing pass.
    rtpengine = m.start_rtpengine(processes, folder)
    sessions = pathlib.Path(folder) / "rtpengine.sessions"
    subprocess.run([sys.executable, f"{arguments.bench}/rtp/rtpengine_setup.py", str(arguments.calls), str(sessions), "opus"], check=True)
    figures = measure(arguments, "rtpengine", m.descendants(rtpengine.pid), sessions)
    processes.stop(rtpengine)
    return figures


def measure_loop(arguments):
    figures = run(arguments, "--loop", arguments.calls, arguments.seconds)
    m.say(f"   libopus: {figures['cpu_us_per_frame']:.1f} µs per frame of both directions")
    return figures


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=4, help="rounds that count; one more comes first to warm up")
    arguments = parser.parse_args()
    m.bring_loopback_up()
    with m.working_folder() as folder, m.Processes(folder) as processes:
        server, _ = m.start_server(processes, arguments.root, folder, more={"trunks": TRUNKS})
        rounds = []
        for number in range(arguments.rounds + 1):
            m.say(f"round {number}{' (warm-up, discarded)' if number == 0 else ''}")
            with noise.Watch() as watch:
                taken = {"mediacore": measure_mediacore(arguments, server, folder), "libopus": measure_loop(arguments), "rtpengine": measure_rtpengine(arguments, processes, folder)}
            rounds.append({"warm_up": number == 0, **taken, "noise": watch.figures})
    report(arguments, rounds)


def report(arguments, rounds):
    counted, lost = delivery.whole(noise.counted(rounds), peers=("rtpengine",))
    figures = goals.Figures(lost)
    for peer in ("libopus", "rtpengine"):
        figures.add(f"opus-{peer}", [r["mediacore"]["cpu_us_per_frame"] / max(r[peer]["cpu_us_per_frame"], 1e-9) for r in counted])
    data = {"what": "transcode", "command": f"perf/compare/transcode.sh --calls {arguments.calls} --seconds {arguments.seconds} --rounds {arguments.rounds}", "machine": m.machine(),
            "commit": m.commit(arguments.root), "rtpengine": m.version_of(["rtpengine", "--version"], r"Version: (\S+)"), "lost_rounds": lost,
            "goals": figures.values, "rounds": rounds}
    lines = ["# Transcoding: CPU per 20 ms of a call between PCMU and Opus", "",
             f"{arguments.calls} calls set up over SIP, PCMU on one side and Opus on the other, 50 packets/s in each direction for {arguments.seconds} s; one frame is 20 ms of both directions: an encoding and a decoding.",
             "`libopus` is a loop without a network that codes the same frames as MediaCore does by default (8 kHz, 24 kbit/s, complexity 5, redundancy for 5 % loss). rtpengine codes as it does by default.", "",
             f"- machine: {data['machine']}", f"- commit: {data['commit']}; rtpengine {data['rtpengine']} in userspace", f"- command: `{data['command']}`", "",
             "| round | who | sent | PCMU received | Opus received | gaps | dropped | silent legs | µs CPU/frame | load before |", "|---|---|---|---|---|---|---|---|---|---|"]
    for number, r in enumerate(rounds):
        for who in ("mediacore", "rtpengine"):
            f = r[who]
            lines.append(f"| {delivery.label(number, r, counted)} | {who} | {f['sent']} | {f['received_pcmu']} | {f['received_opus']} | {f['gaps']} | {f['drops']} | {f['silent_legs']} | {f['cpu_us_per_frame']:.1f} | {f['load_before']:.1f} |")
        lines.append(f"| {delivery.label(number, r, counted)} | libopus | | | | | | | {r['libopus']['cpu_us_per_frame']:.1f} | |")
    lines += ["", "- Rounds count in which both delivered to every leg all but what jitter buffers hold at both ends, without gaps in their numbering and without a packet that the kernel dropped.",
              *figures.lines(), f"- {noise.summary(counted)}", ""]
    m.write_report(arguments.root, "transcode", data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
