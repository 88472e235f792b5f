"""What a run beyond the knee has to show before its goodput is told."""
import argparse
import contextlib
import io
import pathlib
import sys
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import measurement as m  # noqa: E402
import overload  # noqa: E402


def run(**changes):
    return {"offered": 2400, "reached": 2380, "server_cpu": 0.98, "refused_503": 5704, "server_503": 5704, **changes}


class OverloadTests(unittest.TestCase):
    def test_a_busy_server_whose_gate_refuses(self):
        self.assertIsNone(overload.what_else_limits(run()))

    def test_the_result_of_2026_11_23_is_refused(self):
        self.assertIn("0.36 of its one processor", overload.what_else_limits(run(server_cpu=0.36, server_503=0)))

    def test_refusals_of_another_limit(self):
        self.assertIn("the overload gate answered 0 of 5704", overload.what_else_limits(run(server_503=0)))

    def test_a_generator_that_does_not_reach_the_rate(self):
        self.assertIn("the generator was the limit", overload.what_else_limits(run(reached=2000)))

    def test_ports_are_those_that_descriptors_are_allowed_for(self):
        self.assertEqual(["10000-28999", "10000-65535", "10000-65535"], [overload.media_ports(n) for n in (20_000, 1_048_576, overload.resource.RLIM_INFINITY)])

    def test_no_refusals_at_all(self):
        self.assertIsNone(overload.what_else_limits(run(refused_503=0, server_503=0)))


class ReportTests(unittest.TestCase):
    ARGUMENTS = argparse.Namespace(root=".", seconds=5, rounds=2, media="anchor", rates="2400,4800")

    def report(self, **changes):
        more = {"goodput": 2400, "unanswered": 0, "retransmissions": 0, "load_before": 0.1}
        knee = run(**more, refused_503=0, server_503=0)
        twice = run(**{**more, "offered": 4800, "reached": 4790, "goodput": 2300, **changes})
        rounds = [{"knee": knee, "twice": twice, "noise": {"quiet": True, "stolen_percent": 0, "others_percent": 0}}] * 2
        written = []
        with mock.patch.object(m, "write_report", lambda root, name, data, text: written.append(data)), mock.patch.object(m, "commit", lambda root: "abc"), \
                contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as ended:
            overload.report(self.ARGUMENTS, 2400, [knee], rounds)
        return ended.exception.code, written

    def test_overload_has_figures(self):
        code, written = self.report()
        self.assertEqual(0, code)
        self.assertAlmostEqual(2300 / 2400, written[0]["goals"]["goodput"]["measured"])

    def test_an_idle_server_has_none(self):
        self.assertEqual((m.UNMEASURABLE, []), self.report(server_cpu=0.36))


if __name__ == "__main__":
    unittest.main()
