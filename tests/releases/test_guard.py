"""A cause explains only what it touches: each kind of cause is held against each kind of change, row by row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.releases.diff import ReleaseDiff, TableDiff, compare
from tests.releases.sides import GRAINS, NEW, OLD, Version, version

Row = dict[str, Any]
Reaches = Callable[[str, Row], bool]


def names(value: str) -> Reaches:
    """Reach rows in which a value stands anywhere."""
    return lambda table, row: value in row.values()


def nothing(table: str, row: Row) -> bool:
    """Reach no row."""
    return False


def edition(part: str, name: str = NEW) -> Callable[[Version, Version], None]:
    """Change one part of what is an edition's own."""
    return lambda before, after: after.editions[name].update({part: "changed"})


def line(seed: str, number: int = 0) -> Callable[[Version, Version], None]:
    """Change one line of a seed, not its key."""

    def change(before: Version, after: Version) -> None:
        after.seeds[seed][number]["note"] = "changed"
        after.files[f"seeds/{seed}.csv"] = "changed"

    return change


def file(path: str) -> Callable[[Version, Version], None]:
    """Change a file and nothing that it says of any edition or seed."""
    return lambda before, after: after.files.update({path: "changed"})


def set_(name: str, value: object) -> Callable[[Version, Version], None]:
    """Change what the later release says of its code."""
    return lambda before, after: setattr(after, name, value)


def new_edition(before: Version, after: Version) -> None:
    before.editions[NEW] = {**before.editions[NEW], "is_held": False, "figures": None}


def withdrawn(before: Version, after: Version) -> None:
    after.editions[NEW].update(is_held=False, figures=None)


def newest_or_names(name: str) -> Reaches:
    """Reach what names the newest edition, and the table that names none: it follows from the newest."""
    return lambda table, row: name in row.values() or table == "dim_newest"


def revised_extract(before: Version, after: Version) -> None:
    """Revise an older edition that alone holds one of its publisher's tables."""
    for editions in (before.editions, after.editions):
        editions[OLD]["tables"], editions[NEW]["tables"] = ["gdp", "population"], ["gdp"]
    edition("figures", OLD)(before, after)


def exception(table: str, row: Row) -> bool:
    """Reach the one row that an exception is about; tables without its relation only by edition and Ally."""
    if not {"edition_id", "entity_code"} <= set(row):
        return False
    exact = row["entity_code"] == "POL" and OLD in row.values()
    return exact and row.get("relation_id", "sum") == "sum" and row.get("year", 2022) == 2022


def breaks(table: str, row: Row) -> bool:
    """Reach rows of an Ally and, where they name a year, of that year."""
    return row.get("entity_code") == "POL" and row.get("year", 2022) == 2022


CAUSES: dict[str, tuple[Callable[[Version, Version], None], Reaches]] = {
    "a new edition": (new_edition, newest_or_names(NEW)),
    "a withdrawn edition": (withdrawn, newest_or_names(NEW)),
    "a revised figures file": (edition("figures"), newest_or_names(NEW)),
    "a revised figures file of an older edition": (edition("figures", OLD), names(OLD)),
    "a revised extract of one table": (revised_extract, newest_or_names(OLD)),
    "an archived file": (edition("archive"), newest_or_names(NEW)),
    "an entry of the registry": (edition("registry"), newest_or_names(NEW)),
    "a line of the Allies": (line("seed_ally"), names("POL")),
    "a line of the members": (
        line("seed_group_member"),
        lambda table, row: row.get("entity_code") in ("EU", "POL"),
    ),
    "a line of the targets": (line("seed_target"), names("gdp_2")),
    "a line of the claims": (line("seed_claim"), names("one")),
    "a line of the relations": (line("seed_relation"), names("sum")),
    "a line of the exceptions": (line("seed_exception"), exception),
    "a line of the breaks": (line("seed_break"), breaks),
    "a comment in the registry": (file("seeds/editions.yml"), nothing),
    "a comment in a seed": (file("seeds/seed_target.csv"), nothing),
    "a seed that only the parser reads": (file("seeds/currencies.csv"), nothing),
    "a note in the archive": (file("raw/notes.txt"), nothing),
    "SQL": (set_("sql", {name: "changed" for name in GRAINS}), nothing),
    "code": (set_("code", "changed"), nothing),
    "a library": (set_("software", "2.1.0"), nothing),
    "nothing": (lambda before, after: None, nothing),
}


def lose(rows: list[Row]) -> list[Row]:
    return []


def grow(rows: list[Row]) -> list[Row]:
    return [{key: value * 3 if isinstance(value, float) else value for key, value in row.items()} for row in rows]


def flip(rows: list[Row]) -> list[Row]:
    return [{key: not value if isinstance(value, bool) else value for key, value in row.items()} for row in rows]


def differ(folder: Path, before: Version, after: Version, **options: bool) -> ReleaseDiff:
    """Write both and compare them."""
    return compare(before.write(folder / "before", **options), after.write(folder / "after"))


def found(diff: ReleaseDiff) -> dict[str, TableDiff]:
    return {table.table: table for table in diff.tables}


@pytest.mark.parametrize("change", [lose, grow, flip], ids=lambda change: change.__name__)
@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_explains_the_rows_that_it_touches(tmp_path: Path, cause: str, change: Any) -> None:
    """Change all rows of every table but the last at once; what is not reached is counted to the row."""
    before, after = version(), version()
    make, reaches = CAUSES[cause]
    make(before, after)
    expected = {}
    for table, rows in before.tables.items():
        touched = rows if len(rows) == 1 and change is not lose else rows[:-1]
        if change(touched) == touched:
            continue
        after.tables[table] = [*change(touched), *rows[len(touched) :]]
        expected[table] = sorted(
            ", ".join(str(row[key]) for key in GRAINS[table]) for row in touched if not reaches(table, row)
        )
    diff = found(differ(tmp_path, before, after))
    for table, rows in expected.items():
        count = diff[table].lost_unexplained if change is lose else diff[table].large_unexplained
        assert (table, count) == (table, len(rows)), diff[table].samples_unexplained
        assert diff[table].is_unexplained == bool(rows)
        assert all(any(row in sample for row in rows) for sample in diff[table].samples_unexplained)


@pytest.mark.parametrize("cause", CAUSES)
def test_no_cause_explains_a_lost_column(tmp_path: Path, cause: str) -> None:
    before, after = version(), version()
    CAUSES[cause][0](before, after)
    for rows in after.tables.values():
        for row in rows:
            for key in [key for key, value in row.items() if isinstance(value, float)]:
                del row[key]
    diff = differ(tmp_path, before, after)
    assert {table.table for table in diff.unexplained} == set(GRAINS)


def test_a_new_table_and_a_new_column_are_not_grave(tmp_path: Path) -> None:
    before, after = version(), version()
    del before.tables["fct_target"]
    for row in after.tables["fct_share"]:
        row["more"] = 1.0
    assert differ(tmp_path, before, after).unexplained == []


def test_a_line_that_came_or_went_is_a_changed_line(tmp_path: Path) -> None:
    before, after = version(), version()
    after.seeds["seed_claim"] = after.seeds["seed_claim"][:1]
    after.files["seeds/seed_claim.csv"] = "changed"
    after.tables["fct_claim"] = [row for row in after.tables["fct_claim"] if row["claim_id"] == "one"]
    assert differ(tmp_path, before, after).unexplained == []


def test_a_key_that_grew_is_matched_by_what_both_have(tmp_path: Path) -> None:
    """Rows are compared by the older key where the newer one was not there yet: unchanged figures ask nothing."""
    before, after = version(), version()
    for row in after.tables["dim_newest"]:
        row["place"] = "here"
    folder = before.write(tmp_path / "before")
    later = after.write(tmp_path / "after")
    manifest_path = later / "datapackage.json"
    manifest_path.write_text(
        manifest_path.read_text().replace('"primaryKey": ["measure"]', '"primaryKey": ["measure", "place"]')
    )
    table = found(compare(folder, later))["dim_newest"]
    assert table.key_changed and table.is_matched and not table.is_grave


def test_a_manifest_of_the_version_before_is_compared_as_far_as_it_tells(tmp_path: Path) -> None:
    before, after = version(), version()
    after.files["seeds/editions.yml"] = "changed"
    assert differ(tmp_path / "same", before, after, as_before=True).unexplained == []
    after.tables["fct_share"] = grow(after.tables["fct_share"])
    assert {t.table for t in differ(tmp_path / "grown", before, after, as_before=True).unexplained} == {"fct_share"}
    # A figures file is a file that it told; what its registry said, it did not.
    for part, unexplained in (("figures", 6), ("registry", 12)):
        revised = version()
        edition(part)(before, revised)
        revised.tables["fct_share"] = grow(revised.tables["fct_share"])
        table = found(differ(tmp_path / part, version(), revised, as_before=True))["fct_share"]
        assert table.large_unexplained == unexplained
    # Where it tells nothing of editions, none seems new.
    later = after.write(tmp_path / "later")
    silent = version().write(tmp_path / "silent", as_before=True)
    (silent / "lineage/source_edition.parquet").unlink()
    assert {t.table for t in compare(silent, later).unexplained} == {"fct_share"}
    # A seed's lines are in the older release, too.
    claims = version()
    line("seed_claim")(before, claims)
    claims.tables["fct_claim"] = grow(claims.tables["fct_claim"])
    assert found(differ(tmp_path / "claims", before, claims, as_before=True))["fct_claim"].large_unexplained == 2


def test_an_edition_that_comes_between_explains_what_compares_its_neighbours(tmp_path: Path) -> None:
    before, after = version(), version()
    middle = {**after.editions[NEW], "published_on": "2024-12-01"}
    after.editions["nato-2024-12"] = middle
    after.tables["fct_flip"] = after.tables["fct_flip"][1:]
    after.tables["fct_share"] = after.tables["fct_share"][1:]
    assert {table.table for table in differ(tmp_path, before, after).unexplained} == {"fct_share"}


@pytest.mark.parametrize("change", [{"figures": "changed"}, {"figures": None, "is_held": False}])
def test_an_older_edition_explains_what_later_ones_pool(tmp_path: Path, change: dict[str, Any]) -> None:
    before, after = version(), version()
    after.editions[OLD] = {**after.editions[OLD], **change}
    for name in ("fct_share", "fct_claim"):
        after.tables[name] = grow(after.tables[name])
    after.pools = ("fct_share",)
    # Rows of both editions moved: in the pooling table all follow, in the other one those of the older edition.
    unexplained = {t.table: t.large_unexplained for t in differ(tmp_path, before, after).unexplained}
    assert unexplained == {"fct_claim": 2}
