"""Which rounds of a comparison count, and what a goal's figure says. Run by tools/test.sh: python3 -m unittest discover -s perf/compare/tests"""
import contextlib
import io
import os
import pathlib
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import goals  # noqa: E402
import measurement as m  # noqa: E402
import noise  # noqa: E402

BEFORE = "cpu  1000 0 500 8000 10 5 20 30 7 0"


def after(user=0, system=0, idle=0, steal=0):
    return f"cpu  {1000 + user} 0 {500 + system} {8000 + idle} 10 5 20 {30 + steal} 7 0"


def rounds(*quiet):
    return [{"noise": {"quiet": q, "stolen_percent": 0 if q else 9, "others_percent": 0}} for q in quiet]


class BetweenTests(unittest.TestCase):
    def test_own_time_is_not_noise(self):
        found = noise.between((BEFORE, 100), (after(user=600, system=200, idle=200), 900))
        self.assertEqual((0, 0), found)
        self.assertTrue(found.is_quiet)

    def test_time_of_others_is_what_own_processes_did_not_take(self):
        found = noise.between((BEFORE, 100), (after(user=600, system=200, idle=200), 780))
        self.assertAlmostEqual(12, found.others_percent)
        self.assertFalse(found.is_quiet)

    def test_stolen_time_counts_apart_and_is_not_busy_time(self):
        found = noise.between((BEFORE, 0), (after(user=500, idle=470, steal=30), 500))
        self.assertAlmostEqual(3, found.stolen_percent)
        self.assertEqual(0, found.others_percent)
        self.assertFalse(found.is_quiet)

    def test_at_the_limits_it_is_quiet(self):
        found = noise.between((BEFORE, 0), (after(user=600, idle=380, steal=20), 500))
        self.assertEqual((noise.MOST_STOLEN_PERCENT, noise.MOST_OTHERS_PERCENT), found)
        self.assertTrue(found.is_quiet)

    def test_no_time_at_all(self):
        self.assertEqual((0, 0), noise.between((BEFORE, 0), (BEFORE, 0)))

    def test_time_of_processes_that_ended_is_own(self):
        before = noise.own_ticks()
        subprocess.run([sys.executable, "-c", "import os\nwhile sum(os.times()[:2]) < 0.2: pass"], check=True)
        self.assertGreaterEqual(noise.own_ticks() - before, 15)


class CountedTests(unittest.TestCase):
    def test_noisy_rounds_and_warm_up_do_not_count(self):
        taken = rounds(True, False, True, True)
        taken[0]["warm_up"] = True
        self.assertEqual(taken[2:], noise.counted(taken))

    def test_no_ratio_when_less_than_half_is_quiet(self):
        with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit) as ended:
            noise.counted(rounds(True, True, False, False, False))
        self.assertEqual(noise.NOT_QUIET, ended.exception.code)
        self.assertIn("No ratio: the machine was not quiet. 3 of 5 rounds", said.getvalue())

    def test_one_quiet_round_of_two_says_nothing(self):
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit):
            noise.counted(rounds(True, False))

    def test_a_single_round_counts_when_it_is_quiet(self):
        self.assertEqual(1, len(noise.counted(rounds(True))))


class SteadyTests(unittest.TestCase):
    @staticmethod
    def steady(*floors):
        with contextlib.redirect_stderr(io.StringIO()):
            return noise.steady(list(floors), lambda floor: floor)

    def test_a_floor_that_stays(self):
        self.assertEqual([4.25, 4.1, 4.55, 4.33], self.steady(4.25, 4.1, 4.55, 4.33))

    def test_a_round_in_which_it_moved_does_not_count(self):
        self.assertEqual([4.2, 4.3, 4.2], self.steady(4.2, 4.3, 4.2, 5.6))

    def test_no_ratio_when_it_keeps_moving(self):
        with self.assertRaises(SystemExit) as ended:
            self.steady(4, 5, 6, 7, 8)
        self.assertEqual(noise.NOT_QUIET, ended.exception.code)


class ClockTests(unittest.TestCase):
    def test_a_process_clock_has_its_ended_threads_and_steps_below_a_tick(self):
        before = m.cpu_seconds([os.getpid()])
        worker = threading.Thread(target=lambda: [None for _ in iter(lambda: time.thread_time() > 0.05, True)])
        worker.start()
        worker.join()
        self.assertGreaterEqual(m.cpu_seconds([os.getpid()]) - before, 0.05)
        self.assertNotEqual(0, round(1e9 * m.cpu_seconds([os.getpid()])) % 10_000_000)

    def test_a_process_that_has_ended_is_said(self):
        child = subprocess.Popen(["true"])
        child.wait()
        with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit) as ended:
            m.cpu_seconds([child.pid])
        self.assertEqual(m.UNMEASURABLE, ended.exception.code)
        self.assertIn(str(child.pid), said.getvalue())


class GoalTests(unittest.TestCase):
    def test_verdicts(self):
        most, least, exact = goals.of("relay-floor"), goals.of("goodput"), goals.of("relay-bytes")
        self.assertEqual(["reach held", "must held", "missed"], [most.verdict(v) for v in (0.95, 1.25, 1.26)])
        self.assertEqual(["reach held", "must held", "missed"], [least.verdict(v) for v in (0.97, 0.85, 0.84)])
        self.assertEqual(["reach held", "missed"], [exact.verdict(v) for v in (0.03, 1)])

    def test_every_goal_is_there_and_reach_is_not_easier_than_must(self):
        self.assertEqual(set(range(1, 19)), {goal.number for goal in goals.GOALS})
        self.assertEqual(len(goals.GOALS), len({goal.key for goal in goals.GOALS}))
        for goal in goals.GOALS:
            self.assertEqual("reach held" if goal.reach == goal.must else "must held", goal.verdict(goal.must), goal.key)

    def test_a_figure_is_the_median_with_its_spread(self):
        figures = goals.Figures()
        figures.add("register", [0.7, 0.5, 0.9])
        self.assertEqual((0.7, 0.5, 0.9, 3, "missed"), tuple(figures.values["register"][k] for k in ("measured", "lowest", "highest", "rounds", "verdict")))
        self.assertFalse(figures.hold)


if __name__ == "__main__":
    unittest.main()
