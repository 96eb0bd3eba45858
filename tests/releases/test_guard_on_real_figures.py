"""The real figures: no shift by code gets through beside some other change, and lawful changes ask nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.intake.ingest import sources_of
from pipelines.models.project import Project
from pipelines.releases import catalog
from pipelines.releases.publish import NotPublished, Release, publish
from pipelines.settings import Settings
from pipelines.sources.tables import read_source
from tests.building import build_tables, publish_tables
from tests.releases.conftest import NEWEST, copied, hold_back


@pytest.fixture
def own(settings: Settings, report, tmp_path: Path) -> Settings:
    """Copy the session's warehouse and the seeds, to be changed."""
    return copied(settings, tmp_path)


CLAIM = "mine,2026-08-01,me,A note,Growth,real_growth,POL,2026,,,30,percent,0,here,value,plain,,,,,,,,\n"


def append(path: Path, text: str) -> None:
    """Add lines to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text)


def build_with_shift(settings: Settings) -> Project:
    """Build as a changed parser would: every number of soldiers is half as large again, so that sums still hold."""
    table = read_source(None, "observations", sources_of(settings))
    measures, values = table["measure"].to_pylist(), table["value"].to_pylist()
    shifted = [v * 1.5 if m == "military_personnel" else v for m, v in zip(measures, values, strict=True)]
    column = table.schema.get_field_index("value")
    altered = table.set_column(column, table.schema.field(column), pa.array(shifted, table.schema.field(column).type))
    return build_tables(settings, {"source_observation": altered})


def test_a_shift_by_code_does_not_hide_behind_other_changes(
    settings: Settings, withdrawn: tuple[Settings, Release], tmp_path: Path
) -> None:
    """All at once, a new edition too, since any one of them that explained the shift would hide it."""
    own = copied(withdrawn[0], tmp_path)
    before = catalog.current_id(own)
    shutil.copytree(settings.seeds, own.seeds, dirs_exist_ok=True)
    append(own.seeds / "editions.yml", "# a comment\n")
    append(own.seeds / "currencies.csv", "\n")
    append(own.raw / "notes.txt", "a note\n")
    append(own.seeds / "claims.csv", CLAIM)
    project = build_with_shift(own)
    with pytest.raises(NotPublished) as refused:
        publish(project, own)
    assert "fct_observation: 0 rows lost" in str(refused.value)
    assert f"{NEWEST} is new: explains only rows that name {NEWEST}" in str(refused.value)
    assert "nato-2024-06" in str(refused.value) and '--accept "the reason"' in str(refused.value)
    assert catalog.current_id(own) == before
    assert publish(project, own, accept="soldiers were miscounted").is_new


def revise(own: Settings) -> None:
    path = own.seeds / f"figures/{NEWEST}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if ",infrastructure_share," not in line]
    assert len(kept) < len(lines)
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


LAWFUL: dict[str, Callable[[Settings], None]] = {
    "a revision that lost a table, and lines less": lambda own: (
        revise(own),
        drop(own.seeds / "claims.csv", "pr2025-08-poland"),
        drop(own.seeds / "memberships.csv", "EU_ALLIES,POL,"),
    )[0],
    "lines more": lambda own: (
        append(own.seeds / "claims.csv", CLAIM),
        append(own.seeds / "targets.csv", "gdp_3,3 %,defence_share_of_gdp,3,proposed,2025-05-01,,true,Here,\n"),
        append(own.seeds / "entities.csv", "BALTICS,Baltic Allies,group,,,,,Estonia with Latvia and Lithuania\n"),
        append(own.seeds / "memberships.csv", "".join(f"BALTICS,{c},2004-03-29,\n" for c in ("EST", "LVA", "LTU"))),
        append(own.seeds / "entities.csv", "UTO,Utopia,state,europe,true,EUR,,\n"),
        append(own.seeds / "memberships.csv", "NATO,UTO,2027-01-01,\n"),
    )[0],
}


def drop(path: Path, start: str) -> None:
    """Take the line out of a file that starts so; it must be there."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) == len(lines) - 1
    path.write_text("".join(kept), encoding="utf-8")


def assert_lawful(release: Release) -> None:
    assert release.is_new and release.diff is not None and release.diff.unexplained == []
    assert release.diff.tables


@pytest.mark.parametrize("change", LAWFUL)
def test_a_lawful_change_is_published_without_a_question(own: Settings, change: str) -> None:
    LAWFUL[change](own)
    assert_lawful(publish_tables(own))


def test_a_withdrawn_edition_is_published_without_a_question(withdrawn: tuple[Settings, Release]) -> None:
    assert_lawful(withdrawn[1])


def test_an_edition_between_others_goes_and_comes_without_a_question(settings: Settings, own: Settings) -> None:
    hold_back(own.seeds, "nato-2025-08")
    assert_lawful(publish_tables(own))
    shutil.copytree(settings.seeds, own.seeds, dirs_exist_ok=True)
    release = publish_tables(own)
    assert_lawful(release)
    assert any("nato-2025-08 is new" in line for line in release.summary())
