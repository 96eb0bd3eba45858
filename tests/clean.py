"""The hooks that fail a run which left files in the project; tests write to temporary folders."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

BEFORE = pytest.StashKey["set[str] | None"]()


def git_status(folder: Path) -> set[str] | None:
    """Return the lines of `git status --porcelain`, one a file; None outside a checkout."""
    command = ["git", "status", "--porcelain", "--untracked-files=all"]
    try:
        found = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return set(found.stdout.splitlines()) if found.returncode == 0 else None


def pytest_sessionstart(session: pytest.Session) -> None:
    """Note what differs from the last commit before any test has run."""
    # The workers of xdist leave it to the controller, which ends after all of them.
    if not hasattr(session.config, "workerinput"):
        session.config.stash[BEFORE] = git_status(session.config.rootpath)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run where the project is no longer as it was, and name the files."""
    before = session.config.stash.get(BEFORE, None)
    after = git_status(session.config.rootpath) if before is not None else None
    if before is None or after is None or after == before:
        return
    session.exitstatus = pytest.ExitCode.TESTS_FAILED
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line("")
        reporter.write_line(
            "The tests changed the project. Before and after differ, as git status tells, in:", red=True
        )
        for line in sorted(after ^ before):
            reporter.write_line(f"  {line}", red=True)
