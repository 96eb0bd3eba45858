"""A command ends at once when all is said, and leaves nothing undone."""

import subprocess
import sys

import pytest

BEGIN = """
import atexit, sys, threading, time
from pipelines.command import main

class Knot:
    def __init__(self):
        self.self = self
    def __del__(self):
        print("taken apart")

knot = Knot()
atexit.register(print, "cleared up")
sys.argv = ["burdenshare", {word!r}]
"""


def ended(word: str, more: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, beside something that only Python's own end would take apart."""
    code = BEGIN.format(word=word) + more + "main()\n"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


@pytest.mark.parametrize(
    ("word", "code", "said"), [("--version", 0, "burdenshare "), ("nothing", 2, "No such command")]
)
def test_what_was_said_is_said_and_what_is_to_be_done_at_the_end_is_done(word, code, said):
    result = ended(word)
    assert result.returncode == code and said in result.stdout + result.stderr
    assert "cleared up" in result.stdout and "taken apart" not in result.stdout


def test_a_thread_that_still_works_is_waited_for():
    late = 'threading.Thread(target=lambda: (time.sleep(0.5), print("the thread is done"))).start()\n'
    result = ended("--version", late)
    assert result.returncode == 0 and "the thread is done" in result.stdout
