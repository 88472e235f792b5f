"""Time and allocation of the SIP parser; see parser.sh."""
import json
import pathlib
import re
import sys
import tempfile

import goals
import measurement as m
import noise

# The messages that the goal means: INVITEs of 600 to 900 bytes.
INVITES = re.compile(r"\((?:carrier-invite|re-invite) (\d+) B\)")
ALLOCATION = re.compile(r"^(?:SipMessage\.ParseSet|SipMessage\.ParseTyped)\s+([\d.]+)", re.M)


def measure(root, seconds):
    """Median nanoseconds of processor time by message, of one process."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        m.benchmarks(root, "--repeat", "SipMessageSetBenchmark.Typed", seconds, file.name)
        return {row["name"].split("(", 1)[1].rstrip(")"): row["medianNanoseconds"] for row in json.load(file)}


def allocated(root):
    """Bytes per message, of all messages and steps that the budgets' subjects have."""
    text = m.benchmarks(root, "--budgets", pathlib.Path(root) / "perf/AllocationBudgets.json")
    found = [float(value) for value in ALLOCATION.findall(text)]
    if len(found) != 2:
        raise m.Unmeasurable("the budgets have no figures of the parser:\n" + text)
    return found


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=14)
    arguments = parser.parse_args()
    rounds = []
    for number in range(arguments.rounds):
        m.say(f"round {number + 1}")
        with noise.Watch() as watch:
            taken = measure(arguments.root, arguments.seconds)
        rounds.append({"nanoseconds": taken, "noise": watch.figures})
    report(arguments, rounds, allocated(arguments.root))


def report(arguments, rounds, bytes_each):
    counted = noise.counted(rounds)
    invites = [name for name in counted[0]["nanoseconds"] if INVITES.match(f"({name})")]
    if len(invites) != 2:
        raise m.Unmeasurable(f"two INVITEs of 600 to 900 bytes were to be among {list(counted[0]['nanoseconds'])}")
    figures = goals.Figures()
    figures.add("parse", [max(r["nanoseconds"][name] for name in invites) / 1000 for r in counted])
    figures.add("parse-bytes", bytes_each)
    data = {"what": "parser", "command": f"perf/compare/parser.sh --rounds {arguments.rounds} --seconds {arguments.seconds:g}", "machine": m.machine(), "commit": m.commit(arguments.root),
            "goals": figures.values, "rounds": rounds}
    lines = ["# The SIP parser: a set of messages with typed headers", "",
             "Eleven messages in the manner of a carrier, an office PBX, a browser, an IMS core and phones (`perf/MediaCore.Benchmarks/Messages`): start line, rows, body, request line with its URI, top Via with",
             "branch, From and To with tags, CSeq, Call-ID, Contact, Max-Forwards, Content-Length. Processor time of one thread, median of each process's rounds of 200 ms. There is no peer: the figure is this machine's.", "",
             f"- machine: {data['machine']}", f"- commit: {data['commit']}", f"- command: `{data['command']}`", "", "| message | ns, median of rounds | lowest | highest |", "|---|---|---|---|"]
    for name in counted[0]["nanoseconds"]:
        median, lowest, highest = m.spread([r["nanoseconds"][name] for r in counted])
        lines.append(f"| {name} | {median:.0f} | {lowest:.0f} | {highest:.0f} |")
    lines += ["", f"The goal is measured on the slower of {' and '.join(invites)}.", "", *figures.lines(), f"- {noise.summary(counted)}", ""]
    m.write_report(arguments.root, "parser", data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
