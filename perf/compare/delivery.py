"""Whether what was measured was delivered: the cost of work that was not done is nobody's cost."""
import measurement as m
import noise

# The exit code of a comparison that tells no ratio because a side did not deliver.
NOT_DELIVERED = 4


def whole(rounds, ours=("mediacore",), peers=("peer",)):
    """
    Of the rounds that count those in which every side delivered, by round[side]["delivered"], and the number of rounds in which one of ours did not: with one of these no must is held (goals.Figures).
    With fewer clean rounds than half, or than two, the comparison ends here without a ratio.
    """
    sides = (*ours, *peers)
    clean = [r for r in rounds if all(r[side]["delivered"] for side in sides)]
    failed = {side: sum(not r[side]["delivered"] for r in rounds) for side in sides}
    said = f"Of {len(rounds)} rounds failed: {', '.join(f'{side} in {count}' for side, count in failed.items() if count)}."
    if len(clean) < max(noise.LEAST_PART * len(rounds), min(noise.LEAST_ROUNDS, len(rounds))):
        m.say(f"No ratio: not everything was delivered. {said} Nothing was written.")
        raise SystemExit(NOT_DELIVERED)
    if len(clean) < len(rounds):
        m.say(f"Rounds without full delivery do not count. {said}")
    return clean, sum(not all(r[side]["delivered"] for side in ours) for r in rounds)


def label(number, figures, clean):
    """The name of a round in a report's table."""
    return "warm-up" if figures.get("warm_up") else f"{number}{'' if figures in clean else ' (not counted)'}"
