"""A release's DuckDB file takes over what the one before holds already, and is the same to whoever reads it."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.files.ledger import updating
from pipelines.files.whole import sha256_of
from pipelines.models.tables import table_path
from pipelines.releases import database
from pipelines.releases.names import DATABASE
from pipelines.releases.verify import find_altered_files
from tests.releases.editions import Edited


@pytest.fixture
def edited(tmp_path) -> Edited:
    """Give a small project with editions of two publishers, published."""
    project = Edited(tmp_path / "edited")
    project.write_all()
    project.publish()
    return project


@pytest.fixture(autouse=True)
def room(monkeypatch) -> None:
    """Let files be half empty, as small ones soon are, and take small ones over."""
    monkeypatch.setattr(database, "MOST_EMPTY", 0.9)
    monkeypatch.setattr(database, "SMALL_BYTES", 0)


@pytest.fixture
def written(monkeypatch) -> list[tuple[str, bool]]:
    """Note each table that is written, and whether something of it was there."""
    noted, fill = [], database._fill_table

    def listening(connection, name, folder, before):
        noted.append((name, before is not None))
        fill(connection, name, folder, before)

    monkeypatch.setattr(database, "_fill_table", listening)
    return noted


def contents(edited: Edited) -> dict[str, object]:
    """Read all that a reader finds in the database: rows, columns, comments and views."""
    with duckdb.connect(str(edited.small.settings.current / DATABASE), read_only=True) as connection:
        told = {
            name: connection.execute(f"from {name} order by all").fetchall()
            for name in ("dim_edition", "fct_sum", "fct_step", "latest_step", "step_known")
        }
        for what in ("duckdb_tables", "duckdb_columns", "duckdb_views"):
            query = f"select table_name, comment from {what}() where not internal order by all"
            told[what] = connection.execute(query.replace("table_name", "view_name") if "views" in what else query)
            told[what] = told[what].fetchall()
        return told


def test_one_more_edition_is_added_to_what_is_there(edited: Edited, written):
    edited.add_edition("alpha-2025", "Alpha", "2025-06-01", [4.0, 5.0])
    edited.publish()
    assert written == [("dim_edition", True), ("fct_sum", True), ("fct_step", True)]
    other = edited.copy()
    other.publish()
    assert contents(edited) == contents(other)
    assert find_altered_files(edited.small.settings.current.resolve()) == []


def test_corrected_and_withdrawn_editions_leave_nothing_behind(edited: Edited):
    edited.correct("alpha-2023", [1.5, 2.0])
    edited.publish(accept="corrected")
    edited.withdraw("beta-2024")
    edited.publish(accept="withdrawn")
    other = edited.copy()
    other.publish()
    assert contents(edited) == contents(other)


def test_another_description_and_another_column_arrive(edited: Edited):
    edited.small.write("sql/facts/fct_sum.sql", edited.sql("fct_sum").replace("Sums.", "All sums."))
    edited.publish()
    text = edited.sql("fct_sum").replace("as total\n", "as total,\n    cast(count(*) as integer) as year\n")
    edited.small.write("sql/facts/fct_sum.sql", text)
    edited.publish()
    other = edited.copy()
    other.publish()
    assert contents(edited) == contents(other)


def test_a_table_that_was_written_again_with_another_last_bit_is_taken_from_its_file(edited: Edited, written):
    # A sum may come out with another last bit, which leaves the marks of its edition as they were.
    edited.add_edition("alpha-2025", "Alpha", "2025-06-01", [4.0, 5.0])
    edited.build()
    path = table_path(edited.tables, "fct_sum")
    rows = pq.read_table(path)
    is_other = pc.equal(rows["edition_id"], "alpha-2023")
    totals = pc.if_else(is_other, np.nextafter(rows["total"].to_numpy(), 100), rows["total"])
    pq.write_table(rows.set_column(rows.schema.get_field_index("total"), "total", totals), path)
    with updating(edited.tables) as ledger:
        known = ledger.tables["fct_sum"]
        ledger.tables["fct_sum"] = replace(known, bytes=path.stat().st_size, sha256=sha256_of(path))
        ledger.checks["fct_sum"] = replace(ledger.checks["fct_sum"], sha256=sha256_of(path))
    edited.publish()
    assert [took for name, took in written if name == "fct_sum"] == [True, False]
    with duckdb.connect(str(edited.small.settings.current / DATABASE), read_only=True) as connection:
        found = connection.execute("select total from fct_sum where edition_id = 'alpha-2023'").fetchall()
    assert sorted(found) == sorted((total,) for total in totals.filter(is_other).to_pylist())


def test_a_file_with_much_empty_room_is_written_anew(edited: Edited, monkeypatch, written):
    monkeypatch.setattr(database, "MOST_EMPTY", -1)
    edited.add_edition("alpha-2025", "Alpha", "2025-06-01", [4.0, 5.0])
    edited.publish()
    assert [took for name, took in written if name == "fct_sum"] == [True, False]
