"""The report of shards.sh from what the benchmark wrote."""
import json
import pathlib
import sys

import measurement as m

BOUND = 1.6
GOAL = 1.85


def cell(figures):
    return f"{figures['calls'] / figures['seconds']:.0f}/s, {1e6 * figures['cpu_seconds'] / figures['calls']:.1f} µs"


def main():
    root, seconds = sys.argv[1:3]
    data = json.loads((pathlib.Path(root) / "artifacts" / "shards.json").read_text())
    data = {"what": "shards", "command": f"perf/compare/shards.sh {seconds}", "machine": m.machine(), "commit": m.commit(root), "bound": BOUND, "goal": GOAL, **data}
    handed = sum(r["two"]["handed_over"] for r in data["rounds"]) / sum(r["two"]["calls"] for r in data["rounds"])
    lines = [
        "# Two shards beside one: calls per second", "",
        "Whole SBC calls (INVITE, 100, 180, 200, ACK, BYE, 200; media passed from peer to peer, real records journal) through shards with the engine's mailboxes, session table and",
        f"hand-over, each on a thread bound to one processor. Eight user agents' sockets fall to the shards as ports do, so {handed:.2f} messages of a call reach the wrong shard and are handed over.",
        "It does not show the kernel's sockets, media, timers of real time, or the tier-1 compiler; what a user agent answers is passed to the other shard by its mailbox too, which in",
        "production the kernel does, so two shards are charged more here than there. 'Apart' is two shards that share nothing but the process: the most that this machine gives.", "",
        f"- machine: {data['machine']}", f"- commit: {data['commit']}", f"- command: `{data['command']}`", "",
        "| round | one shard: calls, CPU each | two | two apart |", "|---|---|---|---|"]
    lines += [f"| {i} | {cell(r['one'])} | {cell(r['two'])} | {cell(r['apart'])} |" for i, r in enumerate(data["rounds"], 1)]
    lines += ["", f"**Ratio {data['ratio']:.2f}** by wall time, {data['ratio_by_cpu']:.2f} by processor time, {data['ratio_apart_by_cpu']:.2f} by processor time apart "
              f"(medians of {len(data['rounds'])} rounds); the bound is {BOUND}, the goal {GOAL}.", "",
              "The machine was quiet." if data["is_quiet"] else "**The machine was not quiet** (the threads' processor time was less than their wall time): measure again.", ""]
    m.write_report(root, "shards", data, "\n".join(lines))
    sys.exit(3 if not data["is_quiet"] else 0 if data["ratio"] >= BOUND else 1)


if __name__ == "__main__":
    main()
