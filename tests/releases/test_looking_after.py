"""Going back and holding, verifying, retiring: what a person does with releases by hand."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.files.ledger import describe_file, updating
from pipelines.reading.current import open_warehouse
from pipelines.releases import catalog
from pipelines.releases.catalog import UnknownRelease, find_release
from pipelines.releases.retention import retire
from pipelines.releases.rollback import CannotRollBack, resume, rollback
from pipelines.releases.verify import find_damage, mark_success
from tests.releases.small import Small, small_project


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Publish stamps 1, 2 and 3."""
    small = small_project(tmp_path_factory.mktemp("prepared"))
    for stamp in (1, 2, 3):
        small.seed(stamp)
        small.build()
        small.publish()
    return small


@pytest.fixture
def small(prepared: Small, tmp_path: Path) -> Small:
    """Give a copy that a test may change."""
    shutil.copytree(prepared.root, tmp_path / "copy", symlinks=True)
    return Small(tmp_path / "copy")


def stamp_seen(small: Small) -> int:
    """Give the stamp that a reader sees."""
    with open_warehouse(small.settings.warehouse) as connection:
        return connection.execute("from stamps").fetchall()[0][0]


def test_rollback_holds_until_inputs_change(small: Small) -> None:
    third = catalog.current_id(small.settings)
    rollback(small.settings, reason="figures of c look wrong")
    assert stamp_seen(small) == 2
    assert catalog.history(small.settings)[-1].reason == "figures of c look wrong"
    # The night builds the same again, and does not publish it.
    small.build()
    night = small.publish()
    assert (night.id, night.is_new, night.is_held) == (third, False, True)
    assert stamp_seen(small) == 2 and "--resume" in night.summary()[0]
    # New inputs are published, and end the hold.
    small.seed(4)
    small.build()
    assert small.publish().is_new and stamp_seen(small) == 4
    assert catalog.held_ids(small.settings) == set()


def test_changed_sql_ends_a_hold_too(small: Small) -> None:
    rollback(small.settings)
    model = (small.root / "sql/facts/fct_value.sql").read_text()
    small.write("sql/facts/fct_value.sql", model.replace("share_pct >= 2", "share_pct > 2"))
    small.build()
    assert small.publish().is_new and stamp_seen(small) == 3


def test_resume_publishes_what_was_held(small: Small) -> None:
    third = catalog.current_id(small.settings)
    rollback(small.settings)
    assert resume(small.settings) == {third}
    assert small.publish().is_new and stamp_seen(small) == 3


def test_rollback_goes_back_step_by_step_and_to_a_named_release(small: Small) -> None:
    first = catalog.history(small.settings)[0].release
    rollback(small.settings)
    rollback(small.settings)
    assert stamp_seen(small) == 1 and catalog.current_id(small.settings) == first
    with pytest.raises(CannotRollBack, match="no earlier release"):
        rollback(small.settings)
    second = catalog.history(small.settings)[1].release
    rollback(small.settings, second[:6])
    assert stamp_seen(small) == 2
    with pytest.raises(CannotRollBack, match="current release already"):
        rollback(small.settings, second)


def test_rollback_refuses_a_damaged_release(small: Small) -> None:
    first = catalog.history(small.settings)[0].release
    flip(small.settings.releases / first / "fct_value.parquet")
    with pytest.raises(CannotRollBack, match=r"fct_value\.parquet has another content"):
        rollback(small.settings, first)
    assert stamp_seen(small) == 3


def test_names_of_releases(small: Small) -> None:
    ids = [event.release for event in catalog.history(small.settings)]
    assert [find_release(small.settings, name).name for name in ("current", "previous", ids[0])] == ids[::-1]
    with pytest.raises(UnknownRelease, match=ids[0]):
        find_release(small.settings, "nothing")
    # The empty name begins every id, and names none.
    with pytest.raises(UnknownRelease):
        find_release(small.settings, "")


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fct_value.parquet", "another content"),
        ("dim_thing.parquet", "another content"),
        ("warehouse.duckdb", "another content"),
        ("checks.json", "another content"),
        ("diff.json", "another content"),
        ("datapackage.json", "not what was sealed"),
    ],
)
def test_verify_names_a_flipped_bit_in_any_file(small: Small, name: str, words: str) -> None:
    folder = small.settings.current.resolve()
    assert find_damage(folder) == []
    flip(folder / name)
    damage = find_damage(folder)
    assert len(damage) == 1 and damage[0].startswith(name) and words in damage[0]


def test_verify_names_missing_cut_and_foreign_files(small: Small) -> None:
    folder = small.settings.current.resolve()
    (folder / "dim_thing.parquet").unlink()
    table = folder / "fct_value.parquet"
    table.write_bytes(table.read_bytes()[:-1])
    (folder / "notes.txt").write_text("mine")
    text = "\n".join(find_damage(folder))
    assert "dim_thing.parquet is missing" in text
    assert "fct_value.parquet has" in text and "bytes; the manifest says" in text
    assert "notes.txt does not belong here" in text
    (folder / "_SUCCESS").unlink()
    assert find_damage(folder) == ["_SUCCESS is missing: the release was never finished"]


def test_a_damaged_release_is_made_anew_after_a_rollback(small: Small) -> None:
    third = small.settings.current.resolve()
    flip(third / "fct_value.parquet")
    rollback(small.settings)
    resume(small.settings)
    assert small.publish().id == third.name
    assert find_damage(third) == [] and stamp_seen(small) == 3


def age(small: Small, days: int) -> None:
    """Make everything that happened so far happen earlier, by whole days."""

    def earlier(time: str) -> str:
        return (datetime.fromisoformat(time) - timedelta(days=days)).isoformat(timespec="milliseconds")

    for path in small.settings.releases.glob("*/datapackage.json"):
        manifest = json.loads(path.read_text())
        path.write_text(json.dumps(manifest | {"created": earlier(manifest["created"])}))
        mark_success(path.parent)
        with updating(small.settings.tables) as ledger:
            ledger.releases[path.parent.name] = describe_file(path)
    history = small.settings.releases / "history.jsonl"
    events = [json.loads(line) for line in history.read_text().splitlines()]
    lines = [json.dumps(event | {"at": earlier(event["at"])}) + "\n" for event in events]
    history.write_text("".join(lines))


def test_retention_keeps_the_last_and_whatever_is_younger_than_a_day(small: Small) -> None:
    first, second, third = (event.release for event in catalog.history(small.settings))
    assert retire(small.settings, keep=1) == []
    age(small, days=2)
    assert [entry.id for entry in retire(small.settings, keep=1, dry_run=True)] == [first]
    assert (small.settings.releases / first).exists()
    # The current one and the one before it stay, whatever is asked.
    assert [entry.id for entry in retire(small.settings, keep=1)] == [first]
    assert {entry.id for entry in catalog.releases(small.settings)} == {second, third}


def test_a_release_that_was_current_today_stays_however_old_it_is(small: Small) -> None:
    age(small, days=30)
    for stamp in (4, 5, 6, 7):
        small.seed(stamp)
        small.build()
        small.publish()
    left = {event.release for event in catalog.history(small.settings)[2:]}
    # Of those made 30 days ago only the third was still being read today.
    assert {entry.id for entry in catalog.releases(small.settings)} == left


def test_a_warehouse_can_be_copied_elsewhere(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(small.settings.warehouse, tmp_path / "copy of it", symlinks=True)
    shutil.rmtree(small.settings.warehouse)
    monkeypatch.chdir("/")
    with open_warehouse(tmp_path / "copy of it") as connection:
        assert connection.execute("from stamps").fetchall() == [(3,)]
    assert find_damage((tmp_path / "copy of it" / "current").resolve()) == []
