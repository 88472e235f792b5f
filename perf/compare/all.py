"""One table of all goals from the comparisons' results; see all.sh."""
import datetime
import json
import pathlib
import subprocess
import sys
import time

import delivery
import goals
import measurement as m
import noise

# Name of the result -> the command that makes it.
COMPARISONS = {
    "rtp": ["rtp.sh"], "srtp": ["srtp.sh"], "parser": ["parser.sh"], "proxy": ["signalling.sh", "--no-media"], "signalling": ["signalling.sh"], "register": ["register.sh", "--held", "0"],
    "transcode": ["transcode.sh"], "grpc": ["grpc.sh"], "memory": ["memory.sh"], "overload": ["overload.sh"], "jitter": ["jitter.sh"], "numbers": ["numbers.sh"], "shards": ["shards.sh"], "startup": ["startup.sh"],
}
WHY = {m.UNMEASURABLE: "it can't be measured here", noise.NOT_QUIET: "the machine was not quiet", delivery.NOT_DELIVERED: "not everything was delivered"}


def result_of(root, name):
    """Today's result of a comparison, or None, and when it was written."""
    path = pathlib.Path(root) / "perf/results" / f"{datetime.date.today().isoformat()}-{name}.json"
    return (json.loads(path.read_text()), path.stat().st_mtime) if path.exists() else (None, 0)


def run(root, name):
    """Runs a comparison; returns its result, or None and why there is none. One that misses its goal has a result, and exit code 1; whatever else it ends with, a file that it left is no result."""
    command = COMPARISONS[name]
    script = pathlib.Path(root) / "perf/compare" / command[0]
    if not script.exists():
        return None, f"there is no {command[0]}"
    m.say(f"-- {' '.join(command)}")
    started = time.time()
    code = subprocess.run(["bash", str(script), *command[1:]], check=False, stdout=subprocess.DEVNULL).returncode
    data, written = result_of(root, name)
    return (data, "") if code in (0, 1) and data and written >= started else (None, WHY.get(code, f"the run failed with exit code {code}"))


def find(arguments, name):
    data, _ = result_of(arguments.root, name)
    if arguments.reuse and isinstance(data, dict) and data.get("commit") == m.commit(arguments.root) and "goals" in data:
        return data, ""
    if arguments.only and name not in arguments.only:
        return None, "not asked for"
    return run(arguments.root, name)


def row(goal, data, why):
    """A line of the table, from a comparison's result."""
    figure = data.get("goals", {}).get(goal.key) if data else None
    line = {"goal": goal.number, "key": goal.key, "what": goal.what, "must": goal.bound(goal.must), "reach": goal.bound(goal.reach)}
    if not figure:
        return {**line, "verdict": "not measured", "why": why or "its result has no figure of this goal"}
    if figure.get("lost_rounds"):
        line["why"] = f"MediaCore did not deliver everything in {figure['lost_rounds']} rounds"
    return {**line, "measured": figure["measured"], "lowest": figure["lowest"], "highest": figure["highest"], "rounds": figure["rounds"], "verdict": figure["verdict"],
            "commit": data["commit"], "command": data["command"]}


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--reuse", action="store_true")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    arguments = parser.parse_args()
    unknown = set(arguments.only) - set(COMPARISONS)
    if unknown:
        parser.error(f"no such comparison: {', '.join(sorted(unknown))}; there are {', '.join(COMPARISONS)}")
    results = {name: find(arguments, name) for name in COMPARISONS}
    rows = [row(goal, *results[goal.comparison]) for goal in goals.GOALS]
    report(arguments, rows)


def report(arguments, rows):
    command = "perf/compare/all.sh" + (" --reuse" if arguments.reuse else "") + (f" --only {','.join(arguments.only)}" if arguments.only else "")
    data = {"what": "goals", "command": command, "machine": m.machine(), "commit": m.commit(arguments.root), "rows": rows}
    lines = ["# The goals", "", f"- machine: {data['machine']}", f"- commit: {data['commit']}", f"- command: `{command}`", "",
             "| goal | what | must | reach | measured | spread | verdict |", "|---|---|---|---|---|---|---|"]
    for r in rows:
        measured = f"{r['measured']:.3g}" if "measured" in r else ""
        spread = f"{r['lowest']:.3g} to {r['highest']:.3g} ({r['rounds']})" if "measured" in r else ""
        verdict = (f"**{r['verdict']}**" if r["verdict"] == goals.MISSED else r["verdict"]) + (f": {r['why']}" if "why" in r else "")
        lines.append(f"| {r['goal']} | {r['what']} | {r['must']} | {r['reach']} | {measured} | {spread} | {verdict} |")
    count = {verdict: sum(r["verdict"] == verdict for r in rows) for verdict in ("reach held", "must held", "missed", "not measured")}
    lines += ["", ", ".join(f"{number} {verdict}" for verdict, number in count.items()) + ". Spread: lowest to highest round, and how many counted.", ""]
    m.write_report(arguments.root, "goals", data, "\n".join(lines))
    sys.exit(1 if count["missed"] + count["not measured"] else 0)


if __name__ == "__main__":
    m.run(main)
