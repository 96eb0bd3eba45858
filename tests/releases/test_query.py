"""A stranger's query reads the warehouse and nothing else, changes nothing, and ends."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipelines.reading.query import Limits, QueryRefused, QueryStopped, run_query
from pipelines.settings import Settings

SECRET = "the words of a file that is none of the warehouse's business"


@pytest.fixture(scope="module")
def folder(settings: Settings, release) -> Path:
    """Give the folder of the session's release."""
    return settings.current.resolve()


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Put a file beside the warehouse that a query must not see."""
    (tmp_path / "secret.csv").write_text(f"words\n{SECRET}\n")
    return tmp_path


HOSTILE = [
    "select * from read_csv('{outside}/secret.csv')",
    "select * from read_text('{outside}/secret.csv')",
    "select * from read_blob('{outside}/secret.csv')",
    "from '{outside}/secret.csv'",
    "from read_json('{outside}/secret.csv')",
    "from read_parquet('{outside}/*')",
    "from parquet_metadata('{outside}/secret.csv')",
    "from sniff_csv('{outside}/secret.csv')",
    "from glob('{outside}/*')",
    "from read_csv('/etc/passwd')",
    "from 'https://127.0.0.1:1/x.csv'",
    "from read_csv('http://127.0.0.1:1/x.csv')",
    "select * from query('from read_text(''{outside}/secret.csv'')')",
    "select getenv('HOME')",
    "copy dim_ally to '{outside}/new.csv'",
    "copy (select 1) to '{outside}/new.parquet' (format parquet)",
    "export database '{outside}/new'",
    "attach '{outside}/new.duckdb'",
    "attach ':memory:' as other",
    "install httpfs",
    "load httpfs",
    "update extensions",
    "create table mine as select 1",
    "create temp table mine as select 1",
    "insert into dim_ally select * from dim_ally",
    "delete from fct_growth",
    "update fct_growth set real_growth_pct = 0",
    "drop table fct_growth",
    "alter table fct_growth add column x integer",
    "set enable_external_access = true",
    "reset enable_external_access",
    "set memory_limit = '100GB'",
    "pragma enable_external_access",
    "pragma memory_limit='100GB'",
    "create secret s (type s3)",
    "call pragma_version()",
    "checkpoint",
    "begin",
    "select 1; select 2",
    "explain analyze copy (select 1) to '{outside}/new.csv'",
    "",
]


@pytest.mark.parametrize("sql", HOSTILE)
def test_a_hostile_query_is_refused(folder: Path, outside: Path, sql: str) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in [*folder.iterdir(), *outside.iterdir()]}
    with pytest.raises(QueryRefused) as refused:
        run_query(folder, sql.format(outside=outside))
    assert SECRET not in str(refused.value)
    assert len(str(refused.value)) > 20
    assert {path.name: path.stat().st_mtime_ns for path in [*folder.iterdir(), *outside.iterdir()]} == before


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("from read_csv('/etc/passwd')", "can read the warehouse and nothing else on this machine"),
        ("from '/etc/passwd'", "no files or addresses"),
        ("copy dim_ally to 'x.csv'", "This is no question (COPY)"),
        ("attach 'x.db'", "This is no question (ATTACH)"),
        ("install httpfs", "This is no question"),
        ("from dim_alli", "burdenshare tables"),
        ("select 1; select 2", "2 statements"),
    ],
)
def test_the_refusal_says_why(folder: Path, sql: str, words: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        run_query(folder, sql)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("select 41 + 1 as answer", {"answer": 42}),
        ("with x as (select 7 as n) from x", {"n": 7}),
        ("from dim_ally select ally_name where entity_code = 'POL'", {"ally_name": "Poland"}),
        ("select count(*) as allies from (pivot dim_ally on region using count(*))", {"allies": 32}),
    ],
)
def test_a_question_is_answered(folder: Path, sql: str, first: dict) -> None:
    assert run_query(folder, sql).to_pylist()[0] == first


@pytest.mark.parametrize("sql", ["describe dim_ally", "show tables", "summarize dim_ally", "explain select 1"])
def test_looking_around_is_a_question(folder: Path, sql: str) -> None:
    assert run_query(folder, sql).num_rows > 0


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from range(1000000000000)",
        # Nothing between whose rows an interruption could be noticed.
        "select max(regexp_replace(repeat('ab', 200000) || i, '(a|b)*', 'x')) from range(1000000) as t(i)",
    ],
)
def test_a_runaway_query_ends_in_time(folder: Path, sql: str) -> None:
    started = time.monotonic()
    with pytest.raises(QueryStopped, match="stopped after 1 s"):
        run_query(folder, sql, Limits(timeout_s=1))
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "sql",
    [
        "select list(i) as all_of_them from range(100000000) as t(i)",
        # A string and a list that DuckDB's own limit does not count.
        "select length(repeat('x', 4000000000)) as n",
        "select list_reduce(range(500000000), lambda a, b: a + b) as n",
    ],
)
def test_a_query_that_wants_too_much_memory_ends(folder: Path, sql: str) -> None:
    with pytest.raises(QueryStopped, match="more than 128 MB"):
        run_query(folder, sql, Limits(timeout_s=60, memory_mb=128))


def test_an_answer_that_is_too_large_ends(folder: Path) -> None:
    with pytest.raises(QueryStopped, match="larger than 256 MB"):
        run_query(folder, "from range(1000000000)", Limits(timeout_s=60, memory_mb=256))


def test_nothing_is_left_in_the_release(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    with pytest.raises(QueryStopped):
        run_query(folder, "from range(50000000) as t(i) order by random()", Limits(memory_mb=64))
    assert {path.name for path in folder.iterdir()} == names
