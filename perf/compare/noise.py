"""Whether the machine was the measurement's own: the time that its host gave to others (steal, proc(5)) and that other programs took."""
import os
import pathlib
import statistics
import typing

import measurement as m

# Percent of all processors' time during a round. A host that takes more makes pauses that are nobody's here; programs that take more empty the caches of who is measured.
MOST_STOLEN_PERCENT = 2
MOST_OTHERS_PERCENT = 10

# A floor's cost moves by no more than that within a run, or the machine changed meanwhile.
MOST_DRIFT = 0.1

# Of the rounds that were to count so many have to be left, or no ratio is told.
LEAST_PART = 0.5
LEAST_ROUNDS = 2

# The exit code of a comparison that tells no ratio for that reason.
NOT_QUIET = 3

# Columns of /proc/stat: user nice system idle iowait irq softirq steal; guest times are within user and nice.
IDLE, STEAL, COLUMNS = (3, 4), 7, 8


class Noise(typing.NamedTuple):
    """What the machine did beside the measurement, in percent of all processors' time."""
    stolen_percent: float
    others_percent: float

    @property
    def is_quiet(self):
        return self.stolen_percent <= MOST_STOLEN_PERCENT and self.others_percent <= MOST_OTHERS_PERCENT


def between(before, after):
    """The noise between two looks, each the first line of /proc/stat and the ticks of the measurement's own processes."""
    ticks = [int(b) - int(a) for a, b in zip(before[0].split()[1:COLUMNS + 1], after[0].split()[1:COLUMNS + 1])]
    whole = sum(ticks)
    if whole <= 0:
        return Noise(0, 0)
    stolen = ticks[STEAL]
    busy = whole - stolen - sum(ticks[i] for i in IDLE)
    return Noise(100 * stolen / whole, 100 * max(0, busy - (after[1] - before[1])) / whole)


def own_ticks():
    """Ticks of this process and of all that it started, those that ended and were waited for included. In a process namespace of its own, everything in it: who lost its parent too."""
    mine = [int(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit()] if os.getpid() == 1 else m.descendants(os.getpid())
    ticks = 0
    for pid in mine:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue                     # it has ended meanwhile; its parent has its time
        ticks += sum(int(field) for field in fields[11:15])
    return ticks


def look():
    return pathlib.Path("/proc/stat").read_text().splitlines()[0], own_ticks()


class Watch:
    """Measures the noise of a round: with noise.Watch() as watch: ...; afterwards watch.figures goes into the round."""

    def __enter__(self):
        self._before = look()
        return self

    def __exit__(self, *unused):
        noise = between(self._before, look())
        self.figures = {"stolen_percent": round(noise.stolen_percent, 2), "others_percent": round(noise.others_percent, 1), "quiet": noise.is_quiet}
        m.say(f"   host took {noise.stolen_percent:.1f} %, other programs {noise.others_percent:.1f} % of the machine{'' if noise.is_quiet else ': does not count'}")


def label(number, figures):
    """The name of a round in a report's table."""
    return "warm-up" if figures.get("warm_up") else f"{number}{'' if figures['noise']['quiet'] else ' (not counted)'}"


def summary(rounds):
    """A sentence for a report about rounds with their "noise"."""
    return (f"In the rounds that count the machine's host took at most {max(r['noise']['stolen_percent'] for r in rounds):.1f} % of its time, other programs at most "
            f"{max(r['noise']['others_percent'] for r in rounds):.1f} % (rounds above {MOST_STOLEN_PERCENT} % and {MOST_OTHERS_PERCENT} % do not count).")


def steady(rounds, floor):
    """
    Of rounds those in which the floor, a peer that does the least that can be done, cost what it does at the median. A floor that moves is the machine's doing (its clock, its caches, its host), and what was measured
    beside it moved as well. With too few left the comparison ends here, without a ratio.
    """
    median = statistics.median(map(floor, rounds))
    left = [r for r in rounds if abs(floor(r) - median) <= MOST_DRIFT * median]
    if len(left) < max(LEAST_PART * len(rounds), min(LEAST_ROUNDS, len(rounds))):
        m.say(f"No ratio: the machine was not steady. The floor cost {min(map(floor, rounds)):.3g} to {max(map(floor, rounds)):.3g} in rounds that were quiet, and moved by more than {100 * MOST_DRIFT:.0f} % "
              f"in {len(rounds) - len(left)} of {len(rounds)}. Nothing was written: measure again.")
        raise SystemExit(NOT_QUIET)
    if len(left) < len(rounds):
        m.say(f"{len(rounds) - len(left)} of {len(rounds)} rounds do not count: the floor moved by more than {100 * MOST_DRIFT:.0f} %")
    return left


def counted(rounds):
    """The rounds that count: after the warm-up, on a quiet machine. With too few of them the comparison ends here, without a ratio."""
    due = [r for r in rounds if not r.get("warm_up")]
    quiet = [r for r in due if r["noise"]["quiet"]]
    if len(quiet) < max(LEAST_PART * len(due), min(LEAST_ROUNDS, len(due))):
        m.say(f"No ratio: the machine was not quiet. {len(due) - len(quiet)} of {len(due)} rounds had more than {MOST_STOLEN_PERCENT} % of its time taken by its host or {MOST_OTHERS_PERCENT} % by other programs "
              f"(at most {max(r['noise']['stolen_percent'] for r in due):.1f} % and {max(r['noise']['others_percent'] for r in due):.1f} %). Nothing was written: measure again when nothing else runs.")
        raise SystemExit(NOT_QUIET)
    return quiet
