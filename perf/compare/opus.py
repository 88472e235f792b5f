"""Opus beside bare libopus: perf/compare/opus.sh builds and starts this."""
import pathlib
import re
import subprocess
import sys

import goals
import measurement as m
import noise

# The codec alone may cost no more than a call with it (goal 9).
BOUND = goals.of("opus-libopus").must
SHAPES = tuple((rate, complexity) for complexity in (0, 5, 10) for rate in (8000, 48000))


def read(command, word):
    """Microseconds to encode and to decode a frame, by rate and complexity."""
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = {(int(row[1]), int(row[2])): (float(row[3]), float(row[4]))
             for row in re.finditer(word + r" (\d+) Hz complexity (\d+): encode ([\d.]+) us decode ([\d.]+) us", text)}
    if set(found) != set(SHAPES):
        raise m.Unmeasurable("could not be measured: " + text)
    return found


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    root = pathlib.Path(arguments.root)
    rounds = []
    for number in range(arguments.rounds):
        m.say(f"round {number + 1}")
        load = m.load()
        commands = (([str(root / "artifacts" / "floor_crypto_codec")], "libopus"),
                    (["dotnet", str(root / "perf/MediaCore.Benchmarks/bin/Release/net10.0/MediaCore.Benchmarks.dll"), "--opus"], "ours"))
        # Who goes first changes from round to round.
        with noise.Watch() as watch:
            taken = {word: read(command, word) for command, word in (commands if number % 2 == 0 else commands[::-1])}
        row = {"load_before": load, "shapes": [], "noise": watch.figures}
        for shape in SHAPES:
            theirs, own = taken["libopus"][shape], taken["ours"][shape]
            row["shapes"].append({"rate_hz": shape[0], "complexity": shape[1], "libopus_encode_us": theirs[0], "libopus_decode_us": theirs[1],
                                  "encode_us": own[0], "decode_us": own[1], "ratio": sum(own) / sum(theirs)})
        row["ratio"] = sum(sum(taken["ours"][shape]) for shape in SHAPES) / sum(sum(taken["libopus"][shape]) for shape in SHAPES)
        rounds.append(row)
    report(arguments, rounds)


def report(arguments, rounds):
    counted = noise.counted(rounds)
    lines = [
        "# Opus: microseconds per frame of 20 ms", "",
        "3,000 frames of one channel at 24 kbit/s encoded and decoded, our `OpusEncoder` and `OpusDecoder` beside bare libopus with the program of `bench/codec/floor_crypto_codec.c`:",
        "the same sound, settings and steps, each call timed by processor time, rounds in turns.", "",
        f"- machine: {m.machine()}", f"- commit: {m.commit(arguments.root)}; libopus " + m.version_of(["dpkg-query", "-W", "-f=${Version}", "libopus0"], r"([\d.]+-?\d*)"),
        f"- command: `perf/compare/opus.sh --rounds {arguments.rounds}`", "",
        "| round | rate Hz | complexity | encode: ours | libopus | decode: ours | libopus | ratio of both | load before |", "|---|---|---|---|---|---|---|---|---|"]
    for number, row in enumerate(rounds):
        for s in row["shapes"]:
            lines.append(f"| {noise.label(number + 1, row)} | {s['rate_hz']} | {s['complexity']} | {s['encode_us']:.1f} | {s['libopus_encode_us']:.1f} | {s['decode_us']:.1f} | "
                         f"{s['libopus_decode_us']:.1f} | {s['ratio']:.3f} | {row['load_before']:.1f} |")
    lines.append("")
    kept = True
    summary = {}
    for index, shape in enumerate(SHAPES):
        median, lowest, highest = m.spread([row["shapes"][index]["ratio"] for row in counted])
        kept &= median <= BOUND
        summary[f"{shape[0]} Hz, complexity {shape[1]}"] = {"ratio_median": median, "lowest": lowest, "highest": highest, "bound": BOUND}
        lines.append(f"- {shape[0]} Hz, complexity {shape[1]}: **{median:.3f} of libopus** to encode and decode (median of {len(counted)} rounds, {lowest:.3f} to {highest:.3f}; at most {BOUND:.2f}).")
    median, lowest, highest = m.spread([row["ratio"] for row in counted])
    summary["all"] = {"ratio_median": median, "lowest": lowest, "highest": highest, "bound": BOUND}
    lines.append(f"- All shapes together: **{median:.3f}** ({lowest:.3f} to {highest:.3f}).")
    lines += [f"- {noise.summary(counted)}", ""]
    m.write_report(arguments.root, "opus", {"what": "opus", "machine": m.machine(), "commit": m.commit(arguments.root), "summary": summary, "rounds": rounds}, "\n".join(lines))
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    m.run(main)
