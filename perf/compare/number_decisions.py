"""The report of numbers.sh from what the benchmark wrote."""
import json
import pathlib
import sys

import measurement as m


def row(pair):
    bound = f"{pair['bound']:g}" if pair["bound"] else "none"
    return (f"| {pair['name']} | **{pair['ratio']:.2f}** | {pair['p10']:.2f} to {pair['p90']:.2f} | {bound} | "
            f"{pair['nanoseconds']:.0f} / {pair['peer_nanoseconds']:.0f} ns | {pair['rounds']} | {100 * pair['share']:.0f} % |")


def main():
    root, seconds = sys.argv[1:3]
    data = json.loads((pathlib.Path(root) / "artifacts" / "numbers.json").read_text())
    data = {"what": "numbers", "command": f"perf/compare/numbers.sh {seconds}", "machine": m.machine(), "commit": m.commit(root), **data}
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
    lines += ["", "Within the bounds." if data["is_kept"] else "**Beyond a bound.**", "",
              "The machine was quiet." if data["is_quiet"] else "**The machine was not quiet**: others took processor time and caches meanwhile, which costs what misses them (the large side) most.", ""]
    m.write_report(root, "numbers", data, "\n".join(lines))
    sys.exit(0 if data["is_kept"] else 1)


if __name__ == "__main__":
    main()
