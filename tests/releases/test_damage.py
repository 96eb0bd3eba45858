"""Damage is told by name, never published, never accepted, and healed by the next build where it can be."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.files.ledger import LEDGER, read_ledger
from pipelines.models.runner import run_model, would_be_built
from pipelines.models.tables import DamagedTable, table_path
from pipelines.orchestration.build import build
from pipelines.orchestration.status import read_status
from pipelines.releases import catalog
from pipelines.releases.inputs import enter_inputs, source_inputs
from pipelines.releases.publish import NotPublished
from pipelines.releases.rollback import rollback
from pipelines.releases.soundness import (
    damaged_archive,
    damaged_observations,
    damaged_tables,
    find_all_damage,
)
from pipelines.releases.verify import find_damage
from pipelines.settings import Settings
from tests.releases.small import Small, published_project


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Publish stamp 1."""
    return published_project(tmp_path)


@pytest.fixture
def own(settings: Settings, report, tmp_path: Path) -> Settings:
    """Copy the session's warehouse, to be damaged."""
    return settings.replace(warehouse=shutil.copytree(settings.warehouse, tmp_path / "warehouse", symlinks=True))


def flip(path: Path, bit: int | None = None) -> None:
    """Flip one bit of a file, in the middle where none is named."""
    content = bytearray(path.read_bytes())
    bit = len(content) * 4 if bit is None else bit
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def test_every_flipped_bit_of_a_table_or_of_kept_observations_is_told(own: Settings) -> None:
    ledger = read_ledger(own.tables)
    tables = [table_path(own.tables, name) for name in ledger.tables]
    kept = [own.observations / f"{name}.parquet" for name in ledger.observations]
    editions = {figures.stem for figures in (own.seeds / "figures").glob("*.csv")}
    assert len(tables) > 25 and {path.stem for path in kept} == editions
    chance = random.Random(7)
    for place in [*chance.choices(tables, k=60), *chance.choices(kept, k=10)]:
        sound = place.read_bytes()
        flip(place, chance.randrange(len(sound) * 8))
        told = [*damaged_tables(own, ledger), *damaged_observations(own, ledger)]
        assert [damage.name.removeprefix("observations/") for damage in told] == [place.stem]
        place.write_bytes(sound)
    assert find_all_damage(own) == []


@pytest.mark.parametrize("name", ["seed_value", "dim_thing", "fct_value"])
def test_a_damaged_table_is_neither_published_nor_accepted_and_the_next_build_heals_it(small: Small, name: str) -> None:
    table = table_path(small.settings.tables, name)
    sound = table.read_bytes()
    flip(table)
    for accept in (None, "I do not mind"):
        with pytest.raises(NotPublished, match=rf"files are damaged.*\n  - {name}: {name}\.parquet") as refused:
            small.publish(accept=accept)
        assert "--accept" not in str(refused.value) and "change" not in str(refused.value)
    small.build()
    assert table.read_bytes() == sound
    assert not small.publish().is_new


def test_a_damaged_table_is_not_read(small: Small) -> None:
    flip(table_path(small.settings.tables, "seed_value"))
    with pytest.raises(DamagedTable, match="fct_value reads seed_value, whose file is damaged"):
        run_model(small.project, "fct_value", small.settings.tables)


@pytest.mark.parametrize(
    "name", ["fct_value.parquet", "warehouse.duckdb", "checks.json", "datapackage.json", "_SUCCESS"]
)
def test_a_damaged_release_is_published_anew_from_the_tables(small: Small, name: str) -> None:
    folder = small.settings.current.resolve()
    flip(folder / name)
    told = find_all_damage(small.settings)
    assert {damage.kind for damage in told} == {"release"} and "burdenshare build" in told[0].advice
    release = small.publish()
    assert release.is_new and release.path == folder and "made anew" in release.summary()[0]
    assert find_damage(folder) == [] and find_all_damage(small.settings) == []
    assert catalog.history(small.settings)[-1].reason.startswith("it was damaged")
    assert [path.name for path in small.settings.releases.glob(".*")] == []
    assert not small.publish().is_new


def test_while_a_damaged_release_is_made_anew_readers_always_find_one(small: Small) -> None:
    import threading

    folder, looks, is_over = small.settings.current.resolve(), [], threading.Event()
    (folder / "stray.txt").write_text("somebody's")
    flip(folder / "fct_value.parquet")

    def look() -> None:
        while not is_over.is_set():
            looks.append((small.settings.current / "warehouse.duckdb").exists())

    reader = threading.Thread(target=look)
    reader.start()
    assert small.publish().is_new
    is_over.set()
    reader.join()
    assert len(looks) > 100 and all(looks)
    assert find_damage(folder) == [] and not (folder / "stray.txt").exists()


def test_a_release_that_somebody_changed_and_sealed_again_is_told(small: Small) -> None:
    from pipelines.releases.verify import mark_success

    folder = small.settings.current.resolve()
    manifest = json.loads((folder / "datapackage.json").read_text())
    (folder / "datapackage.json").write_text(json.dumps(manifest | {"title": "mine"}))
    mark_success(folder)
    assert find_damage(folder) == []
    assert [damage.found for damage in find_all_damage(small.settings)] == [
        "datapackage.json is not what was published"
    ]
    assert small.publish().is_new and find_all_damage(small.settings) == []


def test_with_a_damaged_release_the_newest_sound_one_is_compared(small: Small) -> None:
    first = small.settings.current.resolve()
    small.seed(2)
    small.build()
    second = small.publish().path
    flip(second / "fct_value.parquet")
    small.seed(3)
    small.build()
    third = small.publish()
    assert third.diff is not None and third.diff.before == first.name


def test_a_damaged_ledger_knows_nothing_and_the_next_build_heals_it(small: Small) -> None:
    ledger = small.settings.tables / LEDGER
    for damaged in (b"{", ledger.read_bytes().replace(b'"failures": 0', b'"failures": 1', 1)):
        ledger.write_bytes(damaged)
        assert [damage.kind for damage in find_all_damage(small.settings)] == ["ledger"]
        assert set(would_be_built(small.project, small.settings.tables, {})) == set(small.project.order)
        with pytest.raises(NotPublished, match="has not been built"):
            small.publish(accept="never mind")
        small.build()
        assert find_all_damage(small.settings) == []
        assert not small.publish().is_new
        ledger = small.settings.tables / LEDGER


def test_an_altered_archived_file_or_receipt_is_told_until_it_is_restored(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "warehouse", seeds=tmp_path / "seeds")
    settings.raw.mkdir(parents=True)
    settings.seeds.mkdir()
    data = b"a workbook" * 100
    mark = hashlib.sha256(data).hexdigest()
    book, receipt = settings.raw / f"{mark}.xlsx", settings.raw / f"{mark}.json"
    book.write_bytes(data)
    receipt.write_text('{"sha256": "' + mark + '"}')
    enter_inputs(settings)
    chance = random.Random(7)
    for path in (book, receipt):
        sound = path.read_bytes()
        for bit in chance.sample(range(len(sound) * 8), 20):
            flip(path, bit)
            # A build that reads on does not make it sound.
            enter_inputs(settings)
            assert [d.name for d in damaged_archive(settings, read_ledger(settings.tables))] == [f"raw/{path.name}"]
            path.write_bytes(sound)
        path.unlink()
        enter_inputs(settings)
        told = damaged_archive(settings, read_ledger(settings.tables))
        assert [(damage.name, damage.found) for damage in told] == [(f"raw/{path.name}", "it is gone")]
        path.write_bytes(sound)
    (settings.raw / "withdrawn").mkdir()
    for path in (book, receipt):
        path.rename(settings.raw / "withdrawn" / path.name)
    enter_inputs(settings)
    assert damaged_archive(settings, read_ledger(settings.tables)) == []


def test_what_would_be_built_follows_files_and_damage(small: Small) -> None:
    tables, project = small.settings.tables, small.project
    inputs = {"seed_thing": "a", "seed_value": "a"}
    assert set(would_be_built(project, tables, inputs)) == {"seed_thing", "seed_value", "dim_thing", "fct_value"}
    flip(table_path(tables, "fct_value"))
    assert would_be_built(project, tables, {"seed_thing": "", "seed_value": ""}) == {"fct_value": "damaged"}
    small.write("sql/facts/fct_value.sql", (small.root / "sql/facts/fct_value.sql").read_text() + "where true\n")
    small.build()
    assert would_be_built(small.project, tables, {"seed_thing": "", "seed_value": ""}) == {}


def test_a_build_tells_and_heals_whatever_is_damaged(own: Settings, project) -> None:
    """Flip a bit of a table, of kept observations, of the release and of an archived file, and build once."""
    current = own.current.resolve()
    sound = {
        path: path.read_bytes() for path in (own.tables / "fct_growth.parquet", own.tables / "stg_nato_figure.parquet")
    }
    data = b"bytes of another time"
    own.raw.mkdir(exist_ok=True)
    note = own.raw / f"{hashlib.sha256(data).hexdigest()}.xlsx"
    note.write_bytes(data)
    for path in (*sound, own.observations / "nato-2024-06.parquet", current / "dim_ally.parquet", note):
        flip(path)
    names = (
        "fct_growth",
        "stg_nato_figure",
        "observations/nato-2024-06",
        f"release {current.name}",
        f"raw/{note.name}",
    )
    found = read_status(own, needs_daemon=False)
    assert not found.is_well and all(any(line.startswith(name) for line in found.damage) for name in names)
    verify = CliRunner().invoke(app, ["--warehouse", str(own.warehouse), "verify"])
    assert verify.exit_code == 1 and all(name in verify.output for name in names[:3])
    report = build(own)
    assert report.succeeded and report.published, report.failure
    assert all(any(name in warning for warning in report.warnings) for name in names)
    assert own.current.resolve() == current and find_damage(current) == []
    assert {path: path.read_bytes() for path in sound} == sound
    # What was archived nobody can make anew: it stays told.
    assert [damage.name for damage in find_all_damage(own)] == [f"raw/{note.name}"]
    note.write_bytes(data)
    assert read_status(own, needs_daemon=False).is_well
    assert would_be_built(project, own.tables, source_inputs(project, own)).keys() <= {
        name for name in project.order if name.startswith(("source_", "stg_", "dim_", "fct_"))
    }


@pytest.mark.parametrize("name", ["history.jsonl", "held.json"])
def test_a_folder_in_the_place_of_a_file_stops_nobody(small: Small, name: str) -> None:
    place = small.settings.releases / name
    place.unlink(missing_ok=True)
    place.mkdir()
    small.seed(2)
    small.build()
    assert small.publish().is_new and not place.is_dir()
    assert catalog.history(small.settings)[-1].action == "published"


def test_rolling_back_puts_a_folder_in_the_place_of_the_history_beside(small: Small) -> None:
    first = catalog.current_id(small.settings)
    small.seed(2)
    small.build()
    small.publish()
    place = small.settings.releases / "history.jsonl"
    place.unlink()
    place.mkdir()
    rollback(small.settings, first)
    assert catalog.history(small.settings)[-1].action == "rolled back"
    assert len(list(place.parent.glob("history.jsonl.*"))) == 1
