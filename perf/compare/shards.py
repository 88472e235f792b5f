"""Two shards beside one: runs the benchmark and reports; see shards.sh."""
import json
import pathlib
import subprocess
import sys

import goals
import measurement as m
import noise


def cell(figures):
    return f"{figures['calls'] / figures['seconds']:.0f}/s, {1e6 * figures['cpu_seconds'] / figures['calls']:.1f} µs"


def main():
    root, seconds = sys.argv[1:3]
    result = pathlib.Path(root) / "artifacts" / "shards.json"
    result.unlink(missing_ok=True)
    with noise.Watch() as watch:
        subprocess.run(["dotnet", f"{root}/artifacts/benchmarks/MediaCore.Benchmarks.dll", "--shards", seconds, str(result)], check=False, stdout=sys.stderr)
    if not result.exists():
        raise m.Unmeasurable("the benchmark gave no figures; what it said is above")
    data = json.loads(result.read_text())

    # The benchmark looks itself whether its threads were kept waiting, which tells more than the whole machine's time does; both have to be right.
    watch.figures["quiet"] &= data["is_quiet"]
    noise.counted([{"noise": watch.figures}])
    figures = goals.Figures()
    figures.add("shards", [(r["two"]["calls"] / r["two"]["seconds"]) / (r["one"]["calls"] / r["one"]["seconds"]) for r in data["rounds"]])
    data = {"what": "shards", "command": f"perf/compare/shards.sh {seconds}", "machine": m.machine(), "commit": m.commit(root), "goals": figures.values, "noise": watch.figures, **data}
    handed = sum(r["two"]["handed_over"] for r in data["rounds"]) / sum(r["two"]["calls"] for r in data["rounds"])
    lines = [
        "# Two shards beside one: calls per second", "",
        "Whole SBC calls (INVITE, 100, 180, 200, ACK, BYE, 200; media passed from peer to peer, real records journal) through shards with the engine's mailboxes, session table and",
        f"hand-over, each on a thread bound to one processor. What reaches a shard is what the program of the sockets gives it, by a machine for its instructions, else as ports fall; {handed:.2f} messages of a call reach the wrong shard and are handed over.",
        "It does not show the kernel's sockets, media, timers of real time, or the tier-1 compiler; what a user agent answers is passed to the other shard by its mailbox too, which in",
        "production the kernel does, so two shards are charged more here than there. 'Apart' is two shards that share nothing but the process: the most that this machine gives.", "",
        f"- machine: {data['machine']}", f"- commit: {data['commit']}", f"- command: `{data['command']}`", "",
        "| round | one shard: calls, CPU each | two | two apart |", "|---|---|---|---|"]
    lines += [f"| {i} | {cell(r['one'])} | {cell(r['two'])} | {cell(r['apart'])} |" for i, r in enumerate(data["rounds"], 1)]
    lines += ["", *figures.lines(), f"- By processor time {data['ratio_by_cpu']:.2f}, two that share nothing {data['ratio_apart_by_cpu']:.2f} (medians of {len(data['rounds'])} rounds).",
              f"- {noise.summary([data])}", ""]
    m.write_report(root, "shards", data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
