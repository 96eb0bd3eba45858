"""A stranger's query reads the warehouse and nothing else, changes nothing, and ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb
import pytest

from pipelines.places import PROJECT
from pipelines.reading.connection import open_release
from pipelines.reading.query import WORKER, Limits, QueryRefused, QueryStopped, run_query
from pipelines.reading.query_worker import answer
from pipelines.settings import Settings

T = TypeVar("T")
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
    # In this process: fifty of their own would take half a minute.
    kind, words = answer(folder, sql.format(outside=outside), 256)
    assert kind == "refused" and SECRET not in words.decode() and len(words) > 20
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


LOOKING = [
    *(f"from {name}()" for name in ("duckdb_settings", "duckdb_databases", "duckdb_views", "duckdb_tables")),
    *(f"from {name}()" for name in ("duckdb_extensions", "duckdb_secrets", "duckdb_functions", "duckdb_columns")),
    "pragma database_list",
    "call pragma_database_size()",
    "from pragma_database_size()",
    "explain analyze from latest_growth",
    "from information_schema.tables",
    *(
        f"select current_setting('{name}')"
        for name in ("secret_directory", "extension_directory", "home_directory", "temp_directory", "allowed_paths")
    ),
    "from duckdb_extension_repositories()",
    "load 'x.duckdb_extension'",
]


@pytest.mark.parametrize("sql", LOOKING)
def test_nothing_that_can_be_asked_tells_where_on_the_machine_the_warehouse_lies(
    folder: Path, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    _, words = answer(Path(folder.name), sql, 256)
    home = Path.home()
    for place in (folder.parent, home / ".duckdb", Path.cwd(), Path(sys.prefix)):
        assert str(place).encode() not in bytes(words)


def test_names_that_a_query_puts_together_are_found(folder: Path) -> None:
    assert run_query(folder, "from query_table('latest_' || 'growth') limit 1").num_rows == 1


def test_the_worker_imports_nothing_that_an_answer_does_not_take() -> None:
    # Arrow would import numpy, which costs as much processor time as the whole of a small question.
    program = WORKER.format(module="pipelines.reading.query_worker").replace("main()", "print(sys.modules['numpy'])")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=PROJECT)
    assert done.stdout.strip() == "None", done.stderr


def test_parsing_counts_against_the_limits(folder: Path) -> None:
    with pytest.raises(QueryRefused, match="a question has at most 100,000"):
        run_query(folder, "select " + "(" * 200_000 + "1" + ")" * 200_000)
    with pytest.raises(QueryStopped, match=r"stopped after 0\.1 s"):
        run_query(folder, f"select [{','.join('1' * 49_000)}]", Limits(timeout_s=0.1))


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL], ids=lambda sent: sent.name)
def test_a_worker_ends_with_whoever_asked(folder: Path, sent: signal.Signals) -> None:
    program = (
        "import sys; from pathlib import Path; from pipelines.reading.query import run_query; "
        "run_query(Path(sys.argv[1]), 'select count(*) from range(1000000000000)')"
    )
    asker = subprocess.Popen([sys.executable, "-c", program, str(folder)])
    children = Path(f"/proc/{asker.pid}/task/{asker.pid}/children")
    worker = _wait_for(lambda: children.read_text().split())[0]
    # It must be at work, not on its way up.
    _wait_for(lambda: b"query_worker" in Path(f"/proc/{worker}/cmdline").read_bytes())
    time.sleep(1)
    asker.send_signal(sent)
    asker.wait()
    _wait_for(lambda: not Path(f"/proc/{worker}/cmdline").exists() or _is_over(worker))


def test_who_leaves_tables_in_their_files_reaches_no_others(folder, outside):
    with open_release(folder, names=["dim_ally", "compliance_count"], copied=False) as connection:
        assert connection.execute("select count(*) from dim_ally").fetchall()[0][0] > 30
        assert connection.execute("from compliance_count limit 1").fetchall()
        for path in (outside / "secret.csv", folder / "checks.json"):
            with pytest.raises(duckdb.PermissionException):
                connection.execute(f"from read_text('{path}')")


def _is_over(process: str) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def _wait_for(true: Callable[[], T]) -> T:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come")
