"""The real figures: no shift by code gets through beside some other change, and lawful changes ask nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from pipelines.intake.ingest import sources_of
from pipelines.releases import catalog
from pipelines.releases.publish import NotPublished, publish
from pipelines.settings import Settings
from pipelines.sources.tables import read_source
from tests.building import build_tables

NEWEST = "nato-2026-07"


@pytest.fixture
def own(settings: Settings, report, tmp_path: Path) -> Settings:
    """Copy the session's warehouse and the seeds, to be changed."""
    shutil.copytree(settings.warehouse, tmp_path / "warehouse", symlinks=True)
    shutil.copytree(settings.seeds, tmp_path / "seeds")
    return settings.replace(warehouse=tmp_path / "warehouse", seeds=tmp_path / "seeds")


@pytest.fixture(scope="module")
def without_newest(settings: Settings, report, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Publish the real figures without the newest edition; do not write to it."""
    folder = tmp_path_factory.mktemp("older")
    shutil.copytree(settings.seeds, folder / "seeds")
    hold_back(folder / "seeds", NEWEST)
    older = settings.replace(warehouse=folder / "warehouse", seeds=folder / "seeds")
    publish(build_tables(older), older)
    return older


CLAIM = "mine,2026-08-01,me,A note,Growth,real_growth,POL,2026,,,30,percent,0,here,value,plain,,,,,,,,\n"


def hold_back(seeds: Path, edition: str) -> None:
    """Take the figures of an edition out of the seeds."""
    registry = yaml.safe_load((seeds / "editions.yml").read_text(encoding="utf-8"))
    entry = next(entry for entry in registry["editions"] if entry["id"] == edition)
    entry["tables"] = {}
    (seeds / "editions.yml").write_text(yaml.safe_dump(registry, sort_keys=False), encoding="utf-8")
    (seeds / f"figures/{edition}.csv").unlink()


def append(path: Path, text: str) -> None:
    """Add lines to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text)


def build_with_shift(settings: Settings) -> None:
    """Build as a changed parser would: every number of soldiers is half as large again, so that sums still hold."""
    table = read_source(None, "observations", sources_of(settings))
    measures, values = table["measure"].to_pylist(), table["value"].to_pylist()
    shifted = [v * 1.5 if m == "military_personnel" else v for m, v in zip(measures, values, strict=True)]
    column = table.schema.get_field_index("value")
    altered = table.set_column(column, table.schema.field(column), pa.array(shifted, table.schema.field(column).type))
    build_tables(settings, {"source_observation": altered})


def test_a_shift_by_code_does_not_hide_behind_other_changes(own: Settings) -> None:
    """All at once, since any one of them that explained the shift would hide it."""
    before = catalog.current_id(own)
    append(own.seeds / "editions.yml", "# a comment\n")
    append(own.seeds / "currencies.csv", "\n")
    append(own.raw / "notes.txt", "a note\n")
    append(own.seeds / "claims.csv", CLAIM)
    build_with_shift(own)
    with pytest.raises(NotPublished) as refused:
        publish(build_project(own), own)
    assert "fct_observation: 0 rows lost" in str(refused.value)
    assert "explains" in str(refused.value) and '--accept "the reason"' in str(refused.value)
    assert catalog.current_id(own) == before
    assert publish(build_project(own), own, accept="soldiers were miscounted").is_new


def build_project(settings: Settings):
    """Read the project of a warehouse."""
    from pipelines.models.project import read_project

    return read_project(settings.sql, settings.seeds)


def copied(settings: Settings, folder: Path) -> Settings:
    """Copy a warehouse with its seeds."""
    shutil.copytree(settings.warehouse, folder / "warehouse", symlinks=True)
    shutil.copytree(settings.seeds, folder / "seeds")
    return settings.replace(warehouse=folder / "warehouse", seeds=folder / "seeds")


def test_a_shift_by_code_does_not_hide_behind_a_new_edition(
    settings: Settings, without_newest: Settings, tmp_path: Path
) -> None:
    own = copied(without_newest, tmp_path)
    shutil.copytree(settings.seeds, own.seeds, dirs_exist_ok=True)
    build_with_shift(own)
    with pytest.raises(NotPublished) as refused:
        publish(build_project(own), own)
    assert f"{NEWEST} is new: explains only rows that name {NEWEST}" in str(refused.value)
    assert "nato-2024-06" in str(refused.value)


def revise(own: Settings) -> None:
    path = own.seeds / f"figures/{NEWEST}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if ",infrastructure_share," not in line]
    assert len(kept) < len(lines)
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


LAWFUL: dict[str, Callable[[Settings], None]] = {
    "a revision that lost a table": revise,
    "a withdrawn edition": lambda own: hold_back(own.seeds, NEWEST),
    "a withdrawn edition in between": lambda own: hold_back(own.seeds, "nato-2025-08"),
    "lines more": lambda own: (
        append(own.seeds / "claims.csv", CLAIM),
        append(own.seeds / "targets.csv", "gdp_3,3 %,defence_share_of_gdp,3,proposed,2025-05-01,,true,Here,\n"),
        append(own.seeds / "entities.csv", "BALTICS,Baltic Allies,group,,,,,Estonia with Latvia and Lithuania\n"),
        append(own.seeds / "memberships.csv", "".join(f"BALTICS,{c},2004-03-29,\n" for c in ("EST", "LVA", "LTU"))),
        append(own.seeds / "entities.csv", "UTO,Utopia,state,europe,true,EUR,,\n"),
        append(own.seeds / "memberships.csv", "NATO,UTO,2027-01-01,\n"),
    )[0],
    "lines less": lambda own: (
        drop(own.seeds / "claims.csv", "pr2025-08-poland"),
        drop(own.seeds / "memberships.csv", "EU_ALLIES,POL,"),
    )[0],
}


def drop(path: Path, start: str) -> None:
    """Take the line out of a file that starts so; it must be there."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) == len(lines) - 1
    path.write_text("".join(kept), encoding="utf-8")


@pytest.mark.parametrize("change", LAWFUL)
def test_a_lawful_change_is_published_without_a_question(own: Settings, change: str) -> None:
    LAWFUL[change](own)
    release = publish(build_tables(own), own)
    assert release.is_new and release.diff is not None and release.diff.unexplained == []
    assert release.diff.tables


def test_a_new_edition_between_others_is_published_without_a_question(settings: Settings, own: Settings) -> None:
    hold_back(own.seeds, "nato-2025-08")
    publish(build_tables(own), own, accept="as if it had not come yet")
    shutil.copytree(settings.seeds, own.seeds, dirs_exist_ok=True)
    release = publish(build_tables(own), own)
    assert release.is_new and any("nato-2025-08 is new" in line for line in release.summary())
