"""Row groups of one Parquet file become part of another as they lie, for every reader."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipelines.files.row_groups import OtherColumns, begins_with, put_before

# With a dictionary and a Bloom filter, without a value, long texts, and more than one row group.
EARLIER = """
select 'nato-' || (i % 3 + 0 * i) as edition_id, i as year, i / 7 as value, i % 2 = 0 as is_estimate,
    case when i % 5 > 0 then repeat('a note ', i % 40) end as note, date '2024-06-17' + cast(i as integer) as day
from range(5000) as t(i)
"""
LATER = EARLIER.replace("i % 3 + 0 * i", "9 + 0 * i").replace("range(5000)", "range(5000, 5100)")


def write(folder: Path, name: str, query: str, told: str = "x: 'y'") -> Path:
    path = folder / name
    form = f"(format parquet, compression zstd, row_group_size 2048, kv_metadata {{{told}}})"
    duckdb.sql(f"copy ({query}) to '{path}' {form}")
    return path


@pytest.fixture
def joined(tmp_path: Path) -> Path:
    """Give the later file, with the rows of the earlier one before its own."""
    later = write(tmp_path, "later.parquet", LATER, "x: 'later'")
    put_before(later, write(tmp_path, "earlier.parquet", EARLIER, "x: 'earlier'"))
    return later


def test_every_row_is_there_in_order(joined: Path):
    wanted = duckdb.sql(f"({EARLIER}) union all ({LATER})").fetchall()
    assert duckdb.sql(f"from read_parquet('{joined}')").fetchall() == wanted
    assert [tuple(row.values()) for row in pq.read_table(joined).to_pylist()] == wanted
    assert len(pd.read_parquet(joined)) == len(wanted) == pq.read_metadata(joined).num_rows == 5100


def test_a_reader_who_asks_for_some_rows_finds_them(joined: Path):
    rows = f"read_parquet('{joined}')"
    assert duckdb.sql(f"select min(year), max(year), count(*) from {rows} where edition_id = 'nato-9'").fetchall() == [
        (5000, 5099, 100)
    ]
    assert duckdb.sql(f"select count(*) from {rows} where edition_id = 'nato-1'").fetchall() == [(1667,)]
    assert pq.read_table(joined, filters=[("year", "=", 4999)])["edition_id"].to_pylist() == ["nato-1"]
    described = pq.read_metadata(joined)
    assert described.metadata[b"x"] == b"later"
    assert described.num_row_groups == 4
    assert [described.row_group(n).num_rows for n in range(4)] == [2048, 2048, 904, 100]


def test_the_earlier_rows_lie_there_byte_for_byte(joined: Path, tmp_path: Path):
    assert begins_with(joined, tmp_path / "earlier.parquet")
    assert not begins_with(joined, write(tmp_path, "other.parquet", EARLIER.replace("/ 7", "/ 8")))
    assert not begins_with(tmp_path / "earlier.parquet", joined)


def test_a_third_file_comes_after_both(joined: Path, tmp_path: Path):
    third = write(tmp_path, "third.parquet", LATER.replace("9 + 0 * i", "10 + 0 * i"))
    put_before(third, joined)
    assert duckdb.sql(
        f"select edition_id, count(*) from read_parquet('{third}') group by all order by all"
    ).fetchall() == [
        ("nato-0", 1667),
        ("nato-1", 1667),
        ("nato-10", 100),
        ("nato-2", 1666),
        ("nato-9", 100),
    ]


@pytest.mark.parametrize("empty", ["earlier", "later"])
def test_a_file_without_rows_adds_none(tmp_path: Path, empty: str):
    queries = {"earlier": EARLIER, "later": LATER}
    queries[empty] = f"select * from ({queries[empty]}) where false"
    earlier, later = (write(tmp_path, f"{name}.parquet", query) for name, query in queries.items())
    put_before(later, earlier)
    wanted = duckdb.sql(f"({queries['earlier']}) union all ({queries['later']})").fetchall()
    assert duckdb.sql(f"from read_parquet('{later}')").fetchall() == wanted != []
    assert pq.read_table(later).num_rows == len(wanted)


@pytest.mark.parametrize(
    "columns",
    [
        "* exclude (note)",
        "* replace (cast(year as integer) as year)",
        "* rename (note as remark)",
        "* replace ('nato-9' as edition_id)",
    ],
)
def test_files_of_other_columns_stay_apart(tmp_path: Path, columns: str):
    earlier = write(tmp_path, "earlier.parquet", EARLIER)
    later = write(tmp_path, "later.parquet", f"select {columns} from ({LATER})")
    before = later.read_bytes()
    with pytest.raises(OtherColumns):
        put_before(later, earlier)
    assert later.read_bytes() == before
