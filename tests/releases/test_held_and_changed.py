"""Nobody who has a release open, locked or changed stops a command, and what was changed is told and made anew."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.reading.current import open_warehouse
from pipelines.releases import catalog
from pipelines.releases.publish import publish
from pipelines.releases.rollback import resume, rollback
from pipelines.releases.soundness import find_all_damage
from pipelines.releases.verify import find_damage, holder_of
from tests.releases.small import Small, published_project, small_project

HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute(sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Publish stamp 1."""
    return published_project(tmp_path)


def publish_stamp(small: Small, stamp: int) -> Path:
    small.seed(stamp)
    small.build()
    return small.publish().path


@contextmanager
def held(folder: Path, statement: str = "select 1") -> Iterator[int]:
    """Open a release's database with a client's defaults, in another process, and give its number."""
    # As root may do at once, and the owner once the file is open to writing.
    (folder / "warehouse.duckdb").chmod(0o644)
    command = [sys.executable, "-c", HOLD, str(folder / "warehouse.duckdb"), statement]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout.readline() == "held\n"
        yield client.pid
        client.stdin.close()


def test_a_lock_stops_nobody_and_is_no_damage(small: Small) -> None:
    folder = publish_stamp(small, 2)
    with held(folder) as number:
        with pytest.raises(duckdb.IOException):
            duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True)
        assert open_warehouse(small.settings.warehouse).execute("from stamps").fetchall() == [(2,)]
        assert find_damage(folder) == [] and find_all_damage(small.settings) == []
        assert str(number) in holder_of(folder)
        assert not small.publish().is_new
        told = CliRunner().invoke(app, ["--warehouse", str(small.settings.warehouse), "verify"])
        assert told.exit_code == 0 and f"process {number}" in told.output and "rollback" not in told.output
        rollback(small.settings)
        assert small.publish().is_held and resume(small.settings) and small.publish().is_new
    assert holder_of(folder) is None


def test_figures_that_a_client_changed_are_told_and_made_anew(small: Small) -> None:
    folder = small.settings.current.resolve()
    with held(folder, "update fct_value set value_usd_m = 99"):
        assert "warehouse.duckdb" in find_all_damage(small.settings)[0].found
        query = "select count(*) from fct_value where value_usd_m = 99"
        assert open_warehouse(small.settings.warehouse).execute(query).fetchall() == [(0,)]
    assert "warehouse.duckdb" in find_all_damage(small.settings)[0].found
    assert "made anew" in small.publish().summary()[0]
    assert find_damage(folder) == [] and find_all_damage(small.settings) == []
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute(query).fetchall() == [(0,)]


def test_files_are_closed_to_writing_whatever_the_mask_of_the_builder(tmp_path: Path) -> None:
    mask = os.umask(0o077)
    try:
        small = small_project(tmp_path)
        small.build()
        folder = small.publish().path
    finally:
        os.umask(mask)
    for path in [folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o444), path


def spoil(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-9] + b"x")


@pytest.mark.parametrize("name", ["warehouse.duckdb", "checks.json", "fct_value.parquet"])
@pytest.mark.parametrize("state", ["alone", "rolled back", "rolled back to one that is lost"])
def test_what_verify_advises_works(small: Small, state: str, name: str) -> None:
    if state != "alone":
        newer = publish_stamp(small, 2)
        rollback(small.settings)
        if state.endswith("lost"):
            shutil.rmtree(newer)
    spoil(small.settings.current.resolve() / name)
    advice = find_all_damage(small.settings)[0].advice
    if "rollback" in advice:
        rollback(small.settings, advice.split("`burdenshare rollback ")[1].split("`")[0])
    else:
        if "--resume" in advice:
            resume(small.settings)
        accept = "looked at" if "--accept" in advice else None
        assert publish(small.project, small.settings, accept).is_new
    assert find_all_damage(small.settings) == []


def test_a_lost_list_of_what_is_held_is_told_by_the_history(small: Small) -> None:
    newer = publish_stamp(small, 2)
    rollback(small.settings)
    held_back = small.settings.releases / "held.json"
    for damaged in (b"\xff{", b"[1]", b"{}"):
        held_back.write_bytes(damaged)
        assert catalog.held_ids(small.settings) == {newer.name}
        assert small.publish().is_held
        assert newer.name in held_back.read_text()


def test_a_history_with_damaged_lines_still_tells_the_rest(small: Small) -> None:
    newer = publish_stamp(small, 2)
    path = small.settings.releases / "history.jsonl"
    path.write_bytes(b'\xff\xfe\n[1]\n"x"\n{"at": 1, "action": 2, "release": 3, "before": 4}\n' + path.read_bytes())
    assert [event.release for event in catalog.history(small.settings)][-1] == newer.name
    assert len(catalog.history(small.settings)) == 2
    rollback(small.settings, reason="odd \udcff bytes")
    assert catalog.history(small.settings)[-1].reason == "odd ? bytes"


@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize("found", ["a folder", "a file", "nothing", "a link to nowhere"])
def test_a_pointer_that_is_none_is_mended_by_the_next_build(small: Small, found: str, is_held: bool) -> None:
    publish_stamp(small, 2)
    if is_held:
        rollback(small.settings)
    current = small.settings.current
    right = current.resolve()
    current.unlink()
    match found:
        case "a folder":
            shutil.copytree(right, current)
        case "a file":
            current.write_text("mine")
        case "a link to nowhere":
            current.symlink_to("releases/none")
    small.publish()
    assert current.is_symlink() and current.resolve() == right
    aside = list(small.settings.warehouse.glob("current.2*"))
    assert len(aside) == (1 if found in ("a folder", "a file") else 0)


def test_another_name_for_a_release_disturbs_nothing(small: Small) -> None:
    (small.settings.releases / "latest").symlink_to(small.settings.current.resolve().name)
    (small.settings.releases / "gone").symlink_to("/nowhere")
    for stamp in range(2, 7):
        publish_stamp(small, stamp)
    assert "latest" not in [entry.id for entry in catalog.releases(small.settings)]
    assert (small.settings.releases / "latest").is_symlink()
