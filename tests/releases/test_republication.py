"""A whole release of SIPRI is dropped in: what others get holds no more than the tenth that its terms allow."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pytest

from pipelines.intake.ingest import ingest, sources_of
from pipelines.reading.current import current_release
from pipelines.reading.publishers import compare
from pipelines.releases.remote import push
from pipelines.sources.observations import to_frame
from pipelines.sources.observe import observe_edition
from pipelines.sources.republication import select_shown
from tests.building import publish_tables
from tests.conftest import ORIGINALS

FILE = ORIGINALS / "sipri" / "SIPRI-Milex-data-1949-2024_2.xlsx"
# So many digits no figure has by chance.
TELLING_DIGITS = 9


@pytest.fixture(scope="module")
def dropped(settings, report, project, tmp_path_factory):
    """Take the whole release in, publish, and push to a folder: the settings and where it was pushed."""
    if not FILE.is_file():
        pytest.skip("SIPRI's files are not beside the project (../shared/data/sipri)")
    folder = tmp_path_factory.mktemp("dropped")
    mine = settings.replace(warehouse=folder / "warehouse", publish_url=f"file://{folder / 'pushed'}")
    # What is not of SIPRI is built already.
    shutil.copytree(settings.tables, mine.tables)
    assert ingest(FILE, mine, project).receipt.figures > 50_000
    publish_tables(mine)
    assert push(mine, current_release(mine)) == mine.publish_url
    return mine, folder / "pushed"


@pytest.fixture(scope="module")
def cells(dropped, entities, settings):
    """Give every figure of the file, as it was read for this machine alone, and those that may be shown."""
    rows, _ = observe_edition(sources_of(dropped[0]), "sipri-2025")
    every = rows.filter(pc.field("revision") == pc.scalar(pc.max(rows["revision"])))
    return to_frame(every), to_frame(select_shown(every, "sipri", settings.seeds, entities))


def telling(values) -> set[float]:
    """Keep the figures that have many digits, each of which is a cell by itself."""
    return {value for value in values if len(f"{abs(value):.12g}".replace(".", "").strip("0")) >= TELLING_DIGITS}


def numbers_in(folder: Path) -> set[float]:
    """Gather every number of every file below a folder: of Parquet, of the database, and of texts."""
    found: set[float] = set()
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            found |= _doubles(duckdb.connect(), f"read_parquet('{path}')")
        elif path.suffix == ".duckdb":
            database = duckdb.connect(str(path), read_only=True)
            for (table,) in database.execute("select table_name from duckdb_tables()").fetchall():
                found |= _doubles(database, table)
    return found


def _doubles(connection: duckdb.DuckDBPyConnection, table: str) -> set[float]:
    columns = connection.execute(f"describe from {table}").fetchall()
    names = [name for name, kind, *_ in columns if kind == "DOUBLE"]
    found: set[float] = set()
    for name in names:
        found |= {
            value for (value,) in connection.execute(f'select distinct "{name}" from {table}').fetchall() if value
        }
    return found


def test_what_is_pushed_holds_at_most_a_tenth_of_the_cells(dropped, cells):
    every, shown = cells
    assert 0.04 < len(shown) / len(every) <= 0.1
    kept_back = telling(every["value"]) - telling(shown["value"])
    assert len(kept_back) > 30_000
    pushed = numbers_in(dropped[1])
    # The figures that may be shown are there, so the search finds what is there.
    assert len(telling(shown["value"]) & pushed) > 0.9 * len(telling(shown["value"]))
    # Some meet by chance (Guyana's 17.333333333) or because NATO prints them too (Hungary's forints of 2014).
    assert len(kept_back & pushed) < 20
    assert len(shown) + len(kept_back & pushed) <= len(every) / 10


def test_no_file_of_the_publisher_s_is_pushed(dropped):
    mine, pushed = dropped
    raw = {path.name for path in mine.raw.iterdir()} | {path.name for path in mine.observations.iterdir()}
    assert len(raw) > 2
    assert not raw & {path.name for path in pushed.rglob("*")}


def test_the_whole_is_used_on_this_machine(dropped):
    mine, _ = dropped
    rows = compare(current_release(mine), mine.observations, "CHN", 2024).to_pylist()
    assert [(row["publisher"], row["is_local"], round(row["value"], 2)) for row in rows] == [
        ("sipri", True, 1.71),
        ("sipri", True, 313_658.33),
    ]
    # What the release has is not shown a second time.
    of_poland = compare(current_release(mine), mine.observations, "POL", 2024).to_pylist()
    assert not any(row["is_local"] for row in of_poland)
