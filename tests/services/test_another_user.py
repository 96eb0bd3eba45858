"""Another user of the machine reads every file of a release, and can change none."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.releases.small import published_project


def test_another_user_reads_and_changes_nothing(tmp_path: Path) -> None:
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can try to be another user, by setpriv")
    small = published_project(tmp_path)
    # pytest's own folders are closed to others.
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = shutil.copytree(small.settings.current, Path(place) / "release")
        other = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "sh", "-c"]
        for path in folder.rglob("*"):
            if path.is_file():
                assert subprocess.run([*other, f"cat '{path}' > /dev/null"]).returncode == 0, path
                assert subprocess.run([*other, f": >> '{path}'"], capture_output=True).returncode != 0, path
        for wrong in (f"touch '{folder}/new'", f"rm -f '{folder}/warehouse.duckdb'", f"touch '{folder}/lineage/new'"):
            assert subprocess.run([*other, wrong], capture_output=True).returncode != 0, wrong
