"""A suite that leaves files in the project fails, and names them; one that does not is left alone."""

import shutil
import subprocess
import sys

import pytest

from pipelines.settings import PROJECT


@pytest.fixture
def checkout(tmp_path):
    """Return a checkout with one tracked file and the hooks, in which suites of one test can run."""
    shutil.copy(PROJECT / "tests" / "clean.py", tmp_path / "conftest.py")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / ".gitignore").write_text("__pycache__\n.pytest_cache\n")
    (tmp_path / "tracked.txt").write_text("as it was\n")
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "start"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def _run(checkout, body: str, *options: str) -> subprocess.CompletedProcess:
    (checkout / "test_one.py").write_text(f"from pathlib import Path\n\n\ndef test_one():\n    {body}\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True)


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["alone", "workers"])
@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("Path('left.txt').write_text('x')", "?? left.txt"),
        ("Path('tracked.txt').write_text('x')", " M tracked.txt"),
        ("Path('tracked.txt').unlink()", " D tracked.txt"),
    ],
)
def test_a_file_left_behind_fails_the_run(checkout, body, named, options):
    run = _run(checkout, body, *options)
    assert run.returncode == 1 and "1 passed" in run.stdout and named in run.stdout


def test_work_in_progress_is_no_fault(checkout):
    (checkout / "mine.txt").write_text("not committed")
    assert _run(checkout, "pass").returncode == 0


def test_without_git_nothing_is_asked(checkout):
    shutil.rmtree(checkout / ".git")
    assert _run(checkout, "Path('left.txt').write_text('x')").returncode == 0
