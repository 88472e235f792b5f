"""How a comparison ends, and what it says that it measured."""
import contextlib
import io
import pathlib
import subprocess
import sys
import unittest

FOLDER = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(FOLDER))
import measurement as m  # noqa: E402


def code_of(main):
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            m.run(main)
        except SystemExit as ended:
            return ended.code, said.getvalue()
    raise AssertionError("it did not end")


def fail(error):
    raise error


class EndTests(unittest.TestCase):
    def test_only_a_missed_goal_ends_with_1(self):
        self.assertEqual(1, code_of(lambda: sys.exit(1))[0])
        self.assertEqual((2, "Kamailio did not start\n"), code_of(lambda: fail(m.Unmeasurable("Kamailio did not start"))))
        code, said = code_of(lambda: fail(FileNotFoundError("sipp")))
        self.assertEqual(2, code)
        self.assertIn("FileNotFoundError: sipp", said)
        self.assertEqual(130, code_of(lambda: fail(KeyboardInterrupt()))[0])

    def test_a_wrong_option_is_not_2(self):
        for script in ("all.py", "rtp.py"):
            ended = subprocess.run([sys.executable, "-B", str(FOLDER / script), "--root", ".", "--roundz", "3"], capture_output=True, text=True, check=False)
            self.assertEqual(m.WRONG_OPTION, ended.returncode, ended.stderr)

    def test_no_script_ends_with_a_text_which_python_makes_1(self):
        for script in FOLDER.glob("*.py"):
            self.assertNotRegex(script.read_text(), r'(SystemExit|sys\.exit)\(f?"', script.name)


if __name__ == "__main__":
    unittest.main()
