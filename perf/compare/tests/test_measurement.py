"""How a comparison ends, and what it says that it measured."""
import contextlib
import io
import pathlib
import subprocess
import sys
import tempfile
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


class CommitTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.git("init", "-q")
        for name in ("src/a.cs", "perf/compare/rtp.py", "perf/results/2026-11-24-rtp.json", "docs/a.md"):
            self.write(name, "1")
        self.git("add", "-A")
        self.git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "one")
        self.head = self.git("rev-parse", "--short", "HEAD").strip()

    def git(self, *arguments):
        return subprocess.run(["git", "-C", str(self.root), *arguments], check=True, capture_output=True, text=True).stdout

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test_results_and_documents_are_no_changes(self):
        self.write("perf/results/2026-11-24-goals.json", "2")
        self.write("perf/results/2026-11-24-rtp.json", "2")
        self.write("docs/a.md", "2")
        self.assertEqual(self.head, m.commit(str(self.root)))

    def test_each_change_of_server_or_measurement_has_a_name_of_its_own(self):
        seen = {m.commit(str(self.root))}
        for name, text in (("src/a.cs", "2"), ("src/a.cs", "3"), ("perf/compare/rtp.py", "2"), ("perf/compare/new.py", "1"), ("perf/compare/new.py", "2")):
            self.write(name, text)
            found = m.commit(str(self.root))
            self.assertTrue(found.startswith(f"{self.head} with changes "), found)
            self.assertNotIn(found, seen)
            seen.add(found)
        self.assertEqual(found, m.commit(str(self.root)))


if __name__ == "__main__":
    unittest.main()
