"""What a run beyond the knee has to show before its goodput is told."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
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

    def test_no_refusals_at_all(self):
        self.assertIsNone(overload.what_else_limits(run(refused_503=0, server_503=0)))


if __name__ == "__main__":
    unittest.main()
