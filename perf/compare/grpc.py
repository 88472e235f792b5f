"""CPU of a gRPC server per unary call and per streamed message, MediaCore.Grpc beside @grpc/grpc-js; see grpc.sh."""
import json
import pathlib
import subprocess
import sys

import delivery
import goals
import measurement as m
import noise

PORTS = {"mediacore": 50061, "grpc-js": 50062}
# What is measured -> its goal.
KINDS = {"unary": "grpc-unary", "stream": "grpc-stream"}
MESSAGES = 400_000                   # down 8 streams


def figures_of(counted):
    """Microseconds of the server's CPU per reply and per message that came as it should, how many a second, and whether all did."""
    unary, stream = counted["unary"], counted["stream"]
    return {"unary_us": 1e6 * unary["cpu_s"] / max(unary["right"], 1), "calls_per_s": unary["right"] / unary["wall_s"],
            "stream_us": 1e6 * stream["cpu_s"] / max(stream["right"], 1), "messages_per_s": stream["right"] / stream["wall_s"],
            "delivered": unary["right"] == unary["asked"] and stream["right"] == stream["asked"], "counted": counted}


def start(processes, arguments, label):
    command = {
        "mediacore": ["dotnet", f"{arguments.root}/perf/MediaCore.GrpcEcho/bin/Release/net10.0/MediaCore.GrpcEcho.dll"],
        "grpc-js": ["node", f"{arguments.bench}/grpc/server.js"],
    }[label]
    process = processes.start(label, [*command, str(PORTS[label])])

    def is_ready():
        if process.poll() is not None:
            raise m.Unmeasurable(f"{label} did not start:\n" + process.log_path.read_text())
        return "ready" in process.log_path.read_text()

    m.wait_for(is_ready, f"{label}'s ready line", 60)
    return process


def run_client(arguments, label, process):
    load_before = m.load()
    run = subprocess.run(["node", f"{arguments.root}/perf/compare/grpc_client.js", str(PORTS[label]), str(process.pid), str(arguments.calls), str(MESSAGES)], capture_output=True, text=True, check=False, timeout=600)
    if run.returncode != 0:
        raise m.Unmeasurable(f"the client gave no figures for {label}:\n{run.stdout}{run.stderr}")
    figures = {"server": label, **figures_of(json.loads(run.stdout)), "load_before": load_before}
    m.say(f"   {label}: {figures['unary_us']:.1f} us per call, {figures['stream_us']:.2f} us per message; load before {load_before:.1f}")
    return figures


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--calls", type=int, default=100000, help="unary calls of a run that are measured; a quarter of them comes first")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=2, help="rounds that come first and do not count: the runtime compiles what is used")
    arguments = parser.parse_args()
    m.bring_loopback_up()
    rounds = []
    with m.working_folder() as folder, m.Processes(folder) as processes:
        servers = {label: start(processes, arguments, label) for label in PORTS}
        for number in range(arguments.warm_up + arguments.rounds):
            m.say(f"round {number + 1 - arguments.warm_up}" if number >= arguments.warm_up else "warm-up")
            # Who goes first changes from round to round.
            order = list(servers) if number % 2 == 0 else list(servers)[::-1]
            with noise.Watch() as watch:
                taken = {label: run_client(arguments, label, servers[label]) for label in order}
            rounds.append({"warm_up": number < arguments.warm_up, **taken,
                           **{f"{what}_ratio": taken["mediacore"][f"{what}_us"] / max(taken["grpc-js"][f"{what}_us"], 1e-9) for what in KINDS}, "noise": watch.figures})
        memory = {label: m.resident_bytes([process.pid]) for label, process in servers.items()}
    report(arguments, rounds, memory)


def report(arguments, rounds, memory):
    counted, lost = delivery.whole(noise.counted(rounds), peers=("grpc-js",))
    figures = goals.Figures(lost)
    for what, key in KINDS.items():
        figures.add(key, [r[f"{what}_ratio"] for r in counted])
    data = {"what": "grpc", "command": f"perf/compare/grpc.sh --calls {arguments.calls} --rounds {arguments.rounds} --warm-up {arguments.warm_up}", "machine": m.machine(), "commit": m.commit(arguments.root),
            "node": m.version_of(["node", "--version"], r"v([\d.]+)"), "lost_rounds": lost, "goals": figures.values, "rounds": rounds, "resident_bytes": memory}
    lines = [
        "# gRPC: server CPU of a call and of a message", "",
        f"An echo service on MediaCore.Grpc beside the same on @grpc/grpc-js, both up all the time, one client (grpc-js, 8 connections): {arguments.calls} unary calls with 16 at once on each connection,",
        f"then {MESSAGES} messages down 8 streams, all of them counted. User and system time of the server's process by /proc, rounds in turns.", "",
        f"- machine: {data['machine']}", f"- commit: {data['commit']}; Node.js {data['node']}", f"- command: `{data['command']}`", "",
        "| round | call µs: ours | grpc-js | ratio | message µs: ours | grpc-js | ratio | load before |", "|---|---|---|---|---|---|---|---|"]
    for number, r in enumerate(rounds):
        name = delivery.label(number + 1 - arguments.warm_up, r, counted)
        a, b = r["mediacore"], r["grpc-js"]
        lines.append(f"| {name} | {a['unary_us']:.1f} | {b['unary_us']:.1f} | {r['unary_ratio']:.2f} | {a['stream_us']:.2f} | {b['stream_us']:.2f} | {r['stream_ratio']:.2f} | {a['load_before']:.1f} / {b['load_before']:.1f} |")
    lines.append("")
    lines += [*figures.lines(), f"- {noise.summary(counted)}"]
    lines += ["", "Resident afterwards: " + ", ".join(f"{label} {size / 2**20:.0f} MiB" for label, size in memory.items()) + ".", ""]
    m.write_report(arguments.root, "grpc", data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
