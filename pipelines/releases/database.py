"""Write a release's DuckDB file: its tables, its views and macros, and what is said of each.

Where the release before is at hand, its file is taken over, and only what differs is written: a table that is another
one as a whole, and in one that is kept by edition the editions that are not as they were. `compose` holds each table
against its Parquet file afterwards.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ..contracts.sql import quoted
from ..contracts.table import TableContract
from ..files.whole import sha256_of
from ..models.by_edition import among, editions_kept, read_marks
from ..models.project import Project
from ..models.tables import table_path
from .names import DATABASE

# The oldest format that DuckDB still writes: programs built on DuckDB 1.1 and later open it.
STORAGE_VERSION = "v1.0.0"
# Blocks that are on disk need not stay in memory; and FSST is tried for the old format, and hardly ever taken.
WRITING: dict[str, str | int] = {"threads": 1, "memory_limit": "128MB", "disabled_compression_methods": "fsst"}
# A file of which more than this is empty is written anew: readers copy and download it. Of a small one, what is
# replaced is always a large part.
MOST_EMPTY = 0.3
SMALL_BYTES = 4 << 20


def write_database(project: Project, folder: Path, before: Path | None = None) -> None:
    """Write the DuckDB file of a release's folder from its Parquet files; `before` is the folder of the one before.

    Raises `OSError` or `duckdb.Error` where it cannot be written.
    """
    target = folder / DATABASE
    if before and (before / DATABASE).is_file() and (before / DATABASE).stat().st_size > SMALL_BYTES:
        shutil.copyfile(before / DATABASE, target)
        _fill(project, folder, before)
        if _empty_share(target) <= MOST_EMPTY:
            return
        target.unlink()
    _fill(project, folder, None)


def _fill(project: Project, folder: Path, before: Path | None) -> None:
    """Write what a file lacks; all of it where it took nothing over from the release before."""
    form = "" if before else f" (storage_version '{STORAGE_VERSION}')"
    # What does not fit goes beside the file: the folder that a service was started in may not be its own to write.
    with duckdb.connect(config={**WRITING, "temp_directory": str(folder / "spilled")}) as connection:
        connection.execute(f"attach {quoted(folder / DATABASE)} as warehouse{form}")
        connection.execute("use warehouse")
        there = _clear(connection, set(project.published())) if before else set()
        for name in project.published():
            with _together(connection):
                _fill_table(connection, name, folder, before if name in there else None)
                _comment(connection, "table", project.shown(name).contract)
        with _together(connection):
            _write_queries(connection, project)
        connection.execute("use memory")
        # Detaching writes everything into the one file; a .wal left beside it would make it unreadable.
        connection.execute("detach warehouse")


@contextmanager
def _together(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit a table with its comments: each by itself takes longer than its rows, and all tables twice the memory."""
    connection.execute("begin")
    yield
    connection.execute("commit")


def _fill_table(connection: duckdb.DuckDBPyConnection, name: str, folder: Path, before: Path | None) -> None:
    file = f"read_parquet({quoted(table_path(folder, name))})"
    kept = _kept(connection, name, folder, before) if before else None
    if kept is None:
        connection.execute(f"create or replace table {name} as from {file}")
    elif kept and before:
        gone, made = (sorted(set(read_marks(table_path(side, name))) - kept) for side in (before, folder))
        connection.execute(f"delete from {name} where {among(gone)}")
        connection.execute(f"insert into {name} from {file} where {among(made)}")


def _empty_share(target: Path) -> float:
    """Return the share of a file that holds nothing, since what was dropped leaves its room behind."""
    with duckdb.connect(str(target), read_only=True, config={"threads": 1}) as connection:
        found = connection.execute("select free_blocks / greatest(1, total_blocks) from pragma_database_size()")
        return float(found.fetchall()[0][0])


def _clear(connection: duckdb.DuckDBPyConnection, wanted: set[str]) -> set[str]:
    """Drop what a file that was taken over has beside the wanted tables, and name those of them that it has."""
    own = "database_name = 'warehouse' and not internal"
    for kind, names in (
        ("view", f"select view_name from duckdb_views() where {own}"),
        ("macro table", f"select distinct function_name from duckdb_functions() where {own}"),
    ):
        for (name,) in connection.execute(names).fetchall():
            connection.execute(f"drop {kind} {name}")
    there = {name for (name,) in connection.execute(f"select table_name from duckdb_tables() where {own}").fetchall()}
    for name in there - wanted:
        connection.execute(f"drop table {name}")
    return there & wanted


def _kept(connection: duckdb.DuckDBPyConnection, name: str, folder: Path, before: Path) -> set[str] | None:
    """Name the editions whose rows a table holds as they are; empty where it is as it was, None where it has none."""
    old, new = table_path(before, name), table_path(folder, name)
    if not old.is_file():
        return None
    if sha256_of(old) == sha256_of(new):
        return set()
    sides = name, f"read_parquet({quoted(new)})"
    columns = [[row[:2] for row in connection.execute(f"describe from {rows}").fetchall()] for rows in sides]
    kept = editions_kept(old, read_marks(new))
    return kept if kept and columns[0] == columns[1] else None


def _write_queries(connection: duckdb.DuckDBPyConnection, project: Project) -> None:
    """Write the views and macros, each with what is said of it."""
    for view in project.views.values():
        connection.execute(f"create view {view.name} as {view.sql}")
        _comment(connection, "view", view.contract)
    for name, query in project.macros().items():
        connection.execute(f"create macro {name}(day) as table {query}")
    for macro in project.questions.values():
        connection.execute(f"create macro {macro.name}({', '.join(macro.parameters)}) as table {macro.sql}")
        connection.execute(f"comment on macro table {macro.name} is {quoted(macro.description)}")


def _comment(connection: duckdb.DuckDBPyConnection, kind: str, contract: TableContract) -> None:
    said = [f"comment on {kind} {contract.name} is {quoted(contract.description)}"]
    said += [f"comment on column {contract.name}.{c.name} is {quoted(c.comment)}" for c in contract.columns]
    connection.execute(";\n".join(said))
