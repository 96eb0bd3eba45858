"""LibreOffice opens and saves workbooks: what it writes is told as the same edition."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines.intake.ingest import ingest
from pipelines.settings import Settings
from pipelines.sources.errors import SourceError
from pipelines.sources.workbook import open_workbook
from tests.workbooks import modern_workbook, read_figures, save

NAME = "240617-def-exp-2024-TABLES-en.xlsx"


def re_saved(path: Path, folder: Path, ending: str = "xlsx") -> Path:
    """Open a workbook in LibreOffice and save it."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("there is no LibreOffice on this machine")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    out = folder / "saved"
    command = [program, profile, "--headless", "--convert-to", ending, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return out / path.with_suffix(f".{ending}").name


@pytest.fixture
def empty(tmp_path: Path, settings: Settings) -> Settings:
    """Give a warehouse of its own, with nothing in it."""
    return settings.replace(warehouse=tmp_path / "warehouse")


def test_what_libreoffice_saves_is_the_same_edition(empty, project, tmp_path):
    path = save(modern_workbook(read_figures(empty.seeds, "nato-2024-06")), tmp_path / NAME)
    saved = re_saved(path, tmp_path)
    assert saved.read_bytes() != path.read_bytes()
    assert [ingest(file, empty, project).outcome for file in (path, saved)] == ["equal cells", "equal cells"]


def test_nato_s_own_file_too(empty, project, originals, tmp_path):
    saved = re_saved(originals / "2024-06" / NAME, tmp_path)
    taken = ingest(saved, empty, project)
    assert (taken.outcome, taken.receipt.edition_id, taken.receipt.figures) == ("equal cells", "nato-2024-06", 5501)


def test_other_kinds_that_it_writes_are_named(project, empty, tmp_path):
    path = save(modern_workbook(read_figures(empty.seeds, "nato-2024-06")), tmp_path / NAME)
    for ending, words in (("ods", "OpenDocument"), ("xls", "before 2007"), ("csv", "a text file")):
        with pytest.raises(SourceError, match=words):
            open_workbook(re_saved(path, tmp_path, ending))
