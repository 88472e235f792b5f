"""From the server's start to its first answered OPTIONS; see startup.sh."""
import sys

import goals
import measurement as m
import noise


def start(arguments, folder):
    with m.Processes(folder) as processes:
        return m.start_server(processes, arguments.root, folder)[1]


def main():
    parser = m.Options()
    parser.add_argument("--root", required=True)
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count; one more comes first, which reads the files from the disk")
    arguments = parser.parse_args()
    m.bring_loopback_up()
    rounds = []
    for number in range(arguments.rounds + 1):
        m.say(f"round {number}{' (warm-up, discarded)' if number == 0 else ''}")
        with m.working_folder() as folder:
            with noise.Watch() as watch:
                first, again = start(arguments, folder), start(arguments, folder)
        m.say(f"   {first:.2f} s with a new data folder, {again:.2f} s with one that is there")
        rounds.append({"warm_up": number == 0, "first_s": first, "again_s": again, "noise": watch.figures})
    report(arguments, rounds)


def report(arguments, rounds):
    counted = noise.counted(rounds)
    figures = goals.Figures()
    figures.add("start", [max(r["first_s"], r["again_s"]) for r in counted])
    data = {"what": "startup", "command": f"perf/compare/startup.sh --rounds {arguments.rounds}", "machine": m.machine(), "commit": m.commit(arguments.root), "goals": figures.values, "rounds": rounds}
    lines = ["# Start to the first answered OPTIONS", "",
             "The published server (ReadyToRun) as an SBC, asked by OPTIONS over UDP every few milliseconds from the moment that its process is made. The goal's figure is the slower of a start with a new data folder",
             "and one with the folder that this left.", "",
             f"- machine: {data['machine']}", f"- commit: {data['commit']}", f"- command: `{data['command']}`", "", "| round | new folder s | again s |", "|---|---|---|"]
    lines += [f"| {noise.label(number, r)} | {r['first_s']:.2f} | {r['again_s']:.2f} |" for number, r in enumerate(rounds)]
    lines += ["", *figures.lines(), f"- {noise.summary(counted)}", ""]
    m.write_report(arguments.root, "startup", data, "\n".join(lines))
    sys.exit(0 if figures.hold else 1)


if __name__ == "__main__":
    m.run(main)
