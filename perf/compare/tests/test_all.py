"""The table of goals: that each of its rows is somebody's figure, and what it makes of a comparison's end."""
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import all as table  # noqa: E402
import goals  # noqa: E402

FOLDER = pathlib.Path(__file__).parent.parent


def source_of(comparison):
    """The Python that a comparison's script starts."""
    script = (FOLDER / table.COMPARISONS[comparison][0]).read_text()
    return (FOLDER / re.findall(r"perf/compare/(\w+\.py)", script)[-1]).read_text()


class GoalTests(unittest.TestCase):
    def test_every_goal_is_a_figure_of_the_comparison_that_it_names(self):
        for goal in goals.GOALS:
            source = source_of(goal.comparison)
            told = f'"{goal.key}"' in source or re.search(r'add\(f"(\w+-)\{', source) and goal.key.startswith(re.search(r'add\(f"(\w+-)\{', source)[1])
            self.assertTrue(told and re.search(r"figures\.(add|put)\(", source), f"{goal.key} is not told by {goal.comparison}")


if __name__ == "__main__":
    unittest.main()
