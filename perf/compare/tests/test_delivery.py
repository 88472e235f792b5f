"""What comes of a comparison in which something was lost."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import all as table  # noqa: E402
import delivery  # noqa: E402
import goals  # noqa: E402
import grpc  # noqa: E402
import rtp  # noqa: E402


def rounds(*delivered):
    return [{"mediacore": {"delivered": ours}, "peer": {"delivered": peer}} for ours, peer in delivered]


def whole(taken):
    with contextlib.redirect_stderr(io.StringIO()):
        return delivery.whole(taken)


class WholeTests(unittest.TestCase):
    def test_all_delivered(self):
        taken = rounds((True, True), (True, True))
        self.assertEqual((taken, 0), whole(taken))

    def test_a_round_that_the_peer_lost_does_not_count(self):
        taken = rounds((True, True), (True, False), (True, True))
        self.assertEqual(([taken[0], taken[2]], 0), whole(taken))

    def test_a_round_that_we_lost_is_told(self):
        self.assertEqual(1, whole(rounds((True, True), (False, True), (True, True)))[1])

    def test_one_clean_round_of_five_tells_no_ratio(self):
        for side in ((False, True), (True, False)):
            with self.assertRaises(SystemExit) as ended:
                whole(rounds((True, True), *[side] * 4))
            self.assertEqual(delivery.NOT_DELIVERED, ended.exception.code)

    def test_a_single_round_without_delivery(self):
        with self.assertRaises(SystemExit):
            whole(rounds((True, False)))


class VerdictTests(unittest.TestCase):
    def test_a_must_is_not_held_by_losing(self):
        figures = goals.Figures(lost=1)
        figures.add("relay-rtpengine", [0.1, 0.1, 0.1])
        self.assertFalse(figures.hold)
        self.assertIn("did not deliver everything in 1 rounds", figures.lines()[0])
        row = table.row(goals.of("relay-rtpengine"), {"goals": figures.values, "commit": "abc", "command": "rtp.sh"}, "")
        self.assertEqual(("missed", "MediaCore did not deliver everything in 1 rounds"), (row["verdict"], row["why"]))

    def test_a_file_of_a_failed_run_is_no_result(self):
        with tempfile.TemporaryDirectory() as root, contextlib.redirect_stderr(io.StringIO()):
            (pathlib.Path(root) / "perf/compare").mkdir(parents=True)
            script = pathlib.Path(root) / "perf/compare/rtp.sh"
            with mock.patch.object(table, "result_of", lambda *unused: ({"goals": {}}, float("inf"))):
                for code, why in ((4, "not everything was delivered"), (3, "the machine was not quiet"), (7, "exit code 7")):
                    script.write_text(f"exit {code}\n")
                    data, said = table.run(root, "rtp")
                    self.assertIsNone(data)
                    self.assertIn(why, said)
                script.write_text("exit 1\n")
                self.assertEqual(({"goals": {}}, ""), table.run(root, "rtp"))


class MediaTests(unittest.TestCase):
    FIGURES = {"sent": 10000, "received": 10000, "silent_legs": 0, "other": 0, "checked": 0, "forged": 0}

    def test_ours_may_lose_nothing_and_a_peer_one_in_a_thousand(self):
        for received, ours, peer in ((10000, True, True), (9999, False, True), (9990, False, True), (9989, False, False), (8000, False, False), (10001, False, False)):
            figures = {**self.FIGURES, "received": received}
            self.assertEqual((ours, peer), (rtp.was_delivered(figures), rtp.was_delivered(figures, is_peer=True)), received)

    def test_a_silent_leg_a_foreign_packet_and_srtp_that_nobody_checked(self):
        self.assertFalse(rtp.was_delivered({**self.FIGURES, "silent_legs": 1}, is_peer=True))
        self.assertFalse(rtp.was_delivered({**self.FIGURES, "other": 1}))
        self.assertFalse(rtp.was_delivered(self.FIGURES, is_secure=True))
        self.assertTrue(rtp.was_delivered({**self.FIGURES, "checked": 600}, is_secure=True))
        self.assertFalse(rtp.was_delivered({**self.FIGURES, "checked": 600, "forged": 1}, is_secure=True))


class GrpcTests(unittest.TestCase):
    def test_streamed_messages_are_counted(self):
        def figures(right):
            return grpc.figures_of({"unary": {"asked": 100, "right": 100, "cpu_s": 0.01, "wall_s": 1}, "stream": {"asked": 400, "right": right, "cpu_s": 0.0008, "wall_s": 1}})
        self.assertTrue(figures(400)["delivered"])
        self.assertAlmostEqual(2, figures(400)["stream_us"])
        self.assertFalse(figures(399)["delivered"])


if __name__ == "__main__":
    unittest.main()
