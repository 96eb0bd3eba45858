"""Types are strict in every room, and nothing is ignored without a reason."""

from __future__ import annotations

import re
import subprocess
import sys

from pipelines.settings import PROJECT


def test_types_are_strict():
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_error_is_ignored_without_its_code_and_a_reason():
    bare = [
        f"{path.relative_to(PROJECT)}: {line.strip()}"
        for path in (PROJECT / "pipelines").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "# type: ignore" in line and not re.search(r"# type: ignore\[[\w, -]+\]  # \w+", line)
    ]
    assert bare == []
