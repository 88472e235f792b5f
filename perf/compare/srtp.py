"""SRTP beside libsrtp2: perf/compare/srtp.sh builds and starts this."""
import pathlib
import re
import subprocess
import sys

import goals
import measurement as m
import noise

# (name, libsrtp2's name for it, our benchmark, the goal for protecting)
SUITES = (
    ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80", "AesCm128Tag80", "srtp-aes-cm"),
    ("AEAD_AES_128_GCM", "AEAD_AES_128_GCM", "AeadAes128Gcm", "srtp-gcm"),
)


def libsrtp(root):
    """Nanoseconds to protect and to unprotect, by suite. The program goes on with codecs; what follows the two lines is not waited for."""
    found = {}
    process = subprocess.Popen(["stdbuf", "-oL", str(pathlib.Path(root) / "artifacts" / "floor_crypto_codec")], stdout=subprocess.PIPE, text=True)
    try:
        while len(found) < len(SUITES):
            line = process.stdout.readline()
            match = re.match(r"libsrtp2 (\S+) protect ([\d.]+) us unprotect ([\d.]+) us", line)
            if not line or not match:
                raise m.Unmeasurable("libsrtp2 could not be measured: " + line)
            found[match[1]] = (float(match[2]) * 1000, float(match[3]) * 1000)
    finally:
        process.kill()
        process.wait()
    return found


def ours(root, seconds):
    """Nanoseconds by benchmark: the lowest round of a process and its median."""
    text = m.benchmarks(root, "--repeat", "SrtpBenchmark", seconds)
    return {row[1]: (float(row[2]), float(row[3])) for row in re.finditer(r"SrtpBenchmark\.(\w+)\s+([\d.]+)\s+([\d.]+)", text)}


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3)
    arguments = parser.parse_args()
    rounds = []
    for number in range(arguments.rounds):
        m.say(f"round {number + 1}")
        load = m.load()
        with noise.Watch() as watch:
            peer = libsrtp(arguments.root)
            own = ours(arguments.root, arguments.seconds)
        row = {"load_before": load, "noise": watch.figures}
        for name, theirs, benchmark, *_ in SUITES:
            protect = own["Protect" + benchmark][1]
            row[name] = {
                "libsrtp2_protect_ns": peer[theirs][0], "libsrtp2_unprotect_ns": peer[theirs][1],
                "protect_ns": protect, "unprotect_ns": own["RoundTrip" + benchmark][1] - protect,
                "protect_ratio": protect / peer[theirs][0],
                "round_trip_ratio": own["RoundTrip" + benchmark][1] / (peer[theirs][0] + peer[theirs][1]),
            }
        rounds.append(row)
    report(arguments, rounds)


def report(arguments, rounds):
    counted = noise.counted(rounds)
    figures = goals.Figures()
    lines = [
        "# SRTP: nanoseconds per packet", "",
        "20 ms of G.711 (172 bytes), protected in place and taken back, our `SrtpSender` and `SrtpReceiver` beside libsrtp2 with the program of `bench/codec/floor_crypto_codec.c`;",
        "both measure processor time of their own process, rounds in turns. Ours is the median of the process' rounds of 0.2 s; unprotecting is the round trip without protecting.", "",
        f"- machine: {m.machine()}", f"- commit: {m.commit(arguments.root)}; libsrtp2 "
        + m.version_of(["dpkg-query", "-W", "-f=${Version}", "libsrtp2-1"], r"([\d.]+-?\d*)"),
        f"- command: `perf/compare/srtp.sh --rounds {arguments.rounds} --seconds {arguments.seconds:g}`", "",
        "| round | suite | protect: ours | libsrtp2 | ratio | unprotect: ours | libsrtp2 | load before |", "|---|---|---|---|---|---|---|---|"]
    for number, row in enumerate(rounds):
        for name, *_ in SUITES:
            r = row[name]
            lines.append(f"| {noise.label(number + 1, row)} | {name} | {r['protect_ns']:.0f} | {r['libsrtp2_protect_ns']:.0f} | {r['protect_ratio']:.3f} | "
                         f"{r['unprotect_ns']:.0f} | {r['libsrtp2_unprotect_ns']:.0f} | {row['load_before']:.1f} |")
    lines.append("")
    for name, _, _, key in SUITES:
        figures.add(key, [row[name]["protect_ratio"] for row in counted])
    lines += figures.lines()
    for name, *_ in SUITES:
        lines.append(f"- Protecting and taking back, {name}: {m.spread([row[name]['round_trip_ratio'] for row in counted])[0]:.3f} of libsrtp2.")
    lines += [f"- {noise.summary(counted)}", "- Debian's libsrtp2 is built with NSS and not with OpenSSL: a soft peer.", ""]
    m.write_report(arguments.root, "srtp", {"what": "srtp", "command": f"perf/compare/srtp.sh --rounds {arguments.rounds} --seconds {arguments.seconds:g}", "machine": m.machine(),
                                            "commit": m.commit(arguments.root), "goals": figures.values, "rounds": rounds}, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
