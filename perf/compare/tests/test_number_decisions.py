"""The goals' figures from what the benchmark of decisions writes."""
import contextlib
import io
import json
import pathlib
import sys
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import measurement as m  # noqa: E402
import noise  # noqa: E402
import number_decisions  # noqa: E402

# Lines as the benchmark writes them (of 2026-11-23).
PAIRS = json.loads("""[
    {"name": "queue, LongestIdle: 100000 agents / 1000", "bound": 2.5, "goal": 1.5, "ratio": 1.96, "p10": 0.83, "p90": 3.50, "nanoseconds": 2939.2, "peer_nanoseconds": 1538.1, "rounds": 45, "share": 0.99},
    {"name": "queue, RoundRobin: 100000 agents / 1000", "bound": 2.5, "goal": 1.5, "ratio": 1.80, "p10": 0.70, "p90": 3.85, "nanoseconds": 2240.5, "peer_nanoseconds": 1394.0, "rounds": 44, "share": 0.99},
    {"name": "numbers: look-up / plain table of values", "bound": 3, "goal": 1.5, "ratio": 1.10, "p10": 1.0, "p90": 1.2, "nanoseconds": 90, "peer_nanoseconds": 80, "rounds": 30, "share": 0.99},
    {"name": "numbers: look-up and the engine's plan / plain table of texts", "bound": 3, "goal": 1.5, "ratio": 1.30, "p10": 1.02, "p90": 1.48, "nanoseconds": 300, "peer_nanoseconds": 230, "rounds": 31, "share": 0.99},
    {"name": "numbers: look-up and a plan's rule / plain table of texts", "bound": null, "goal": 1.5, "ratio": 5.7, "p10": 4.6, "p90": 6.7, "nanoseconds": 3000, "peer_nanoseconds": 230, "rounds": 29, "share": 0.99}]""")


def report(is_quiet):
    """Code and written data of a report."""
    written = []
    data = {"is_quiet": is_quiet, "is_kept": True, "pairs": PAIRS, "noise": {"quiet": is_quiet, "stolen_percent": 0, "others_percent": 0}}
    with mock.patch.object(m, "write_report", lambda root, name, data, text: written.append(data)), mock.patch.object(m, "commit", lambda root: "abc"), \
            contextlib.redirect_stderr(io.StringIO()):
        try:
            number_decisions.report(".", "60", data)
        except SystemExit as ended:
            return ended.code, written
    raise AssertionError("a report ends with a code")


class NumberDecisionsTests(unittest.TestCase):
    def test_the_dearest_pair_with_a_bound_is_the_figure(self):
        values = number_decisions.measured(PAIRS).values
        self.assertEqual((1.30, 1.02, 1.48, 31, "reach held"), tuple(values["lookup"][k] for k in ("measured", "lowest", "highest", "rounds", "verdict")))
        self.assertEqual((1.96, "must held"), tuple(values["queue"][k] for k in ("measured", "verdict")))

    def test_a_report_has_the_goals_that_the_table_reads(self):
        code, written = report(is_quiet=True)
        self.assertEqual((0, {"lookup", "queue"}), (code, set(written[0]["goals"])))

    def test_nothing_is_written_when_the_machine_was_not_quiet(self):
        self.assertEqual((noise.NOT_QUIET, []), report(is_quiet=False))

    def test_a_goal_without_a_pair_is_said(self):
        with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit) as ended:
            number_decisions.measured(PAIRS[:2])
        self.assertEqual(m.UNMEASURABLE, ended.exception.code)
        self.assertIn("numbers:", said.getvalue())


if __name__ == "__main__":
    unittest.main()
