"""When a transcoder has delivered."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import measurement as m  # noqa: E402
import transcode  # noqa: E402

# 40 calls, 15 s: 2 packets more on each leg than came in, which a transcoder's own clock makes.
WHOLE = {"legs": 80, "sent": 59998, "received_pcmu": 30884, "received_opus": 30884, "wrong": 0, "silent_legs": 0, "gaps": 0, "worst_missing": -22, "drops": 0}


class DeliveredTests(unittest.TestCase):
    def test_whole(self):
        self.assertTrue(transcode.was_delivered(WHOLE))
        self.assertTrue(transcode.was_delivered({**WHOLE, "worst_missing": transcode.MOST_MISSING_PACKETS_PER_LEG}))

    def test_more_on_one_leg_does_not_make_up_for_less_on_another(self):
        for peer in (False, True):
            self.assertFalse(transcode.was_delivered({**WHOLE, "worst_missing": 300}, peer))

    def test_lost_packets_among_61768_of_59998(self):
        for loss in ({"gaps": 1}, {"drops": 1}, {"wrong": 1}, {"silent_legs": 1}):
            self.assertFalse(transcode.was_delivered({**WHOLE, **loss}), loss)

    def test_a_peer_may_lose_one_in_a_thousand(self):
        self.assertTrue(transcode.was_delivered({**WHOLE, "gaps": 59, "drops": 59, "wrong": 3}, is_peer=True))
        self.assertFalse(transcode.was_delivered({**WHOLE, "gaps": 60}, is_peer=True))
        self.assertFalse(transcode.was_delivered({**WHOLE, "drops": 60}, is_peer=True))

    def test_the_kernel_says_what_it_dropped(self):
        self.assertGreaterEqual(m.udp_drops(), 0)


if __name__ == "__main__":
    unittest.main()
