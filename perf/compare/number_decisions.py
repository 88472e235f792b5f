"""What decisions of numbers and queues cost: runs the benchmark and reports; see numbers.sh."""
import json
import pathlib
import subprocess
import sys

import goals
import measurement as m
import noise

# Goal -> how the names of its pairs begin.
PAIRS = {"lookup": "numbers:", "queue": "queue,"}


def measured(pairs):
    """The goals' figures: of each the dearest pair that has a bound, its spread from the 10th to the 90th percentile of its rounds."""
    figures = goals.Figures()
    for key, start in PAIRS.items():
        found = [pair for pair in pairs if pair["name"].startswith(start) and pair["bound"]]
        if not found:
            raise m.Unmeasurable(f"the benchmark has no pair whose name begins with {start}")
        worst = max(found, key=lambda pair: pair["ratio"])
        figures.put(key, worst["ratio"], worst["p10"], worst["p90"], worst["rounds"])
    return figures


def row(pair):
    bound = f"{pair['bound']:g}" if pair["bound"] else "none"
    return (f"| {pair['name']} | **{pair['ratio']:.2f}** | {pair['p10']:.2f} to {pair['p90']:.2f} | {bound} | "
            f"{pair['nanoseconds']:.0f} / {pair['peer_nanoseconds']:.0f} ns | {pair['rounds']} | {100 * pair['share']:.0f} % |")


def run(root, seconds):
    """What the benchmark wrote, and what the machine did meanwhile."""
    result = pathlib.Path(root) / "artifacts" / "numbers.json"
    result.unlink(missing_ok=True)
    with noise.Watch() as watch:
        code = subprocess.run(["dotnet", f"{root}/artifacts/benchmarks/MediaCore.Benchmarks.dll", "--goal16", seconds, str(result)], check=False, stdout=sys.stderr).returncode
    if code > 1 or not result.exists():
        raise m.Unmeasurable(f"the benchmark ended with {code}; what it said is above")
    data = json.loads(result.read_text())

    # The benchmark looks itself whether its thread was kept waiting, which tells more than the whole machine's time does; both have to be right.
    watch.figures["quiet"] &= data["is_quiet"]
    return {**data, "noise": watch.figures}


def main():
    root, seconds = sys.argv[1:3]
    report(root, seconds, run(root, seconds))


def report(root, seconds, data):
    noise.counted([data])
    figures = measured(data["pairs"])
    data = {"what": "numbers", "command": f"perf/compare/numbers.sh {seconds}", "machine": m.machine(), "commit": m.commit(root), "goals": figures.values, **data}
    lines = [
        "# Decisions of numbers and queues", "",
        "Ten million numbers of a thousand tenants with ten plans each, a million of them asked for in no order, so that each look-up misses the caches; the peer is .NET's `Dictionary` of the same",
        "numbers, asked the same. 'The engine's plan' is all that a shard decides by: from the user part of a Request-URI to the plan of the call, which is made anew for each. 'A plan's rule' is what",
        "the number service does behind that, on a thread of its own: the tenant's configuration, the plan in force, its rules; of ten thousand plans none is in the caches, and it has no bound.",
        "Queues: half of the agents talk; a caller comes, is given to an agent who answers, and the talk that has lasted longest ends, with all that keeps the next choice cheap.",
        "All answers are compared before time counts. Ratios are medians of rounds of 50 ms in turns, by the process' processor time.", "",
        f"- machine: {data['machine']}", f"- commit: {data['commit']}", f"- command: `{data['command']}`", "",
        "| pair | ratio | p10 to p90 | bound | cost / peer's | rounds | processor time of wall time |", "|---|---|---|---|---|---|---|"]
    lines += [row(pair) for pair in data["pairs"]]
    lines += ["", "A goal's figure is the dearest of its pairs that have a bound, its spread p10 to p90.", "", *figures.lines(), f"- {noise.summary([data])}", ""]
    m.write_report(root, "numbers", data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
