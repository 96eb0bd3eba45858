"""Write and read a table's Parquet file: aside and renamed, so that no reader sees half of it.

What is known of a table stands in the ledger beside it. A file that is not what the ledger says is
damaged: it is told by name, never read for a release, and made anew by the next build.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..contracts.sql import quoted
from ..contracts.table import TableContract
from ..files.ledger import Entry, Ledger, State, describe_file, read_ledger, updating
from ..files.row_groups import OtherColumns, put_before
from ..files.whole import written_whole

if TYPE_CHECKING:
    import duckdb


# Codes and names have fewer values in a row group; dictionaries of figures make files by half larger, and slower.
DICTIONARY_SIZE = 1000


class ContractError(Exception):
    """Say that a table does not have the columns that its contract promises."""


class DamagedTable(Exception):
    """Say that a table's file is not what was written, and what to do."""


@dataclass(frozen=True)
class TableFile:
    """Hold what is known of a table's file: rows, fingerprint and the SHA-256 of its bytes."""

    name: str
    path: Path
    rows: int
    fingerprint: str
    sha256: str


@dataclass(frozen=True)
class Kept:
    """Hold which rows of a table's present file stay as they are: a query of them, and whether the file has no other.

    Those of a file that stays whole are taken over as they lie, which takes a hundredth of writing them again.
    """

    rows: str
    is_whole: bool


@cache
def _database() -> duckdb.DuckDBPyConnection:
    import duckdb

    # One thread, so that sums are added in one order every time.
    return duckdb.connect(config={"threads": 1})


def connect() -> duckdb.DuckDBPyConnection:
    """Open a session of its own in one in-memory DuckDB; starting a DuckDB for each table costs a second a build."""
    session = _database().cursor()
    # Beyond this a sort or a join works part by part, which costs no time: the largest table then takes 90 MB less.
    session.execute("set operator_memory_limit = '64MB'")
    return session


def table_path(tables: Path, name: str) -> Path:
    """Name a table's file."""
    return tables / f"{name}.parquet"


def register(connection: duckdb.DuckDBPyConnection, tables: Path, names: list[str]) -> None:
    """Make tables' files readable under their names, in this session only."""
    for name in names:
        path = quoted(table_path(tables, name))
        connection.execute(f"create or replace temp view {name} as select * from read_parquet({path})")


@lru_cache(2)
def _session(tables: Path) -> tuple[duckdb.DuckDBPyConnection, dict[str, tuple[int, ...]]]:
    """Keep a session for a folder of tables, and of each that can be read there the state of its file."""
    return connect(), {}


def reading(tables: Path, names: Iterable[str]) -> duckdb.DuckDBPyConnection:
    """Give the session of a folder in which these tables can be read: a build reads most of them many times.

    Whoever changes what a name means there takes a session of their own.
    """
    connection, known = _session(tables)
    for name in names:
        found = table_path(tables, name).stat()
        state = found.st_ino, found.st_mtime_ns, found.st_size
        if known.get(name) != state:
            register(connection, tables, [name])
            known[name] = state
    return connection


def write_table(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    contract: TableContract,
    tables: Path,
    fingerprint: str,
    *,
    kept: Kept | None = None,
    told: Mapping[str, str] | None = None,
    made_from: Mapping[str, str] | None = None,
    run: str | None = None,
) -> TableFile:
    """Write a query's rows, with contract and fingerprint in the file's metadata; enter it.

    `kept` are rows of the present file that belong to it too, `told` is what else stands in its metadata; `made_from`
    and `run` are for the ledger. Raises `ContractError` where names, order or types of the columns are not the
    contract's; an earlier file then stays as it was.
    """
    path = table_path(tables, contract.name)
    metadata = {**contract.metadata(), "fingerprint": fingerprint, **(told or {})}
    with written_whole(path) as aside:
        _write_with(connection, query, contract, metadata, aside, path, kept)
        rows = _check_columns(aside, contract)
        # Hashed before it gets its name: what is entered is what was written, not what the disk made of it.
        entry = describe_file(aside, rows=rows, fingerprint=fingerprint, made_from=made_from, run=run)
    with updating(tables) as ledger:
        ledger.tables[contract.name] = entry
        ledger.checks.pop(contract.name, None)
    return _table_file(tables, contract.name, entry)


def _write_with(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    contract: TableContract,
    metadata: Mapping[str, str],
    aside: Path,
    path: Path,
    kept: Kept | None,
) -> None:
    """Write a query's rows, and those that are kept of the present file: as they lie, where that stays whole."""
    if kept and kept.is_whole:
        with suppress(OtherColumns):
            return write_rows(connection, query, contract, metadata, aside, after=path)
    write_rows(connection, f"{kept.rows} union all {query}" if kept else query, contract, metadata, aside)


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    contract: TableContract,
    metadata: Mapping[str, str],
    target: Path,
    *,
    after: Path | None = None,
    is_sorted: bool = False,
) -> None:
    """Write a query's rows as Parquet, sorted by grain, after the rows of another file, which are taken as they lie.

    `is_sorted` says that the query's rows come in their order already. Raises `OtherColumns` where those of the other
    file are not of the same columns.
    """
    pairs = ", ".join(f"{key}: {quoted(value)}" for key, value in metadata.items())
    rows = query if is_sorted else f"select * from ({query}) order by {', '.join(contract.grain)}"
    form = f"format parquet, compression zstd, dictionary_size_limit {DICTIONARY_SIZE}, kv_metadata {{{pairs}}}"
    connection.execute(f"copy ({rows}) to {quoted(target)} ({form})")
    if after is not None:
        put_before(target, after)


def table_state(tables: Path, name: str, ledger: Ledger | None = None) -> State:
    """Hash a table's file and tell whether it is what the ledger says."""
    return (ledger or read_ledger(tables)).state("tables", name, table_path(tables, name))


def read_table_file(tables: Path, name: str, ledger: Ledger | None = None) -> TableFile | None:
    """Return what the ledger knows of a table's file; None where there is none, or it is not what was written."""
    ledger = ledger or read_ledger(tables)
    if table_state(tables, name, ledger) != "sound":
        return None
    return _table_file(tables, name, ledger.tables[name])


def _table_file(tables: Path, name: str, entry: Entry) -> TableFile:
    return TableFile(name, table_path(tables, name), entry.rows or 0, entry.fingerprint or "", entry.sha256)


# The types of contracts, as Arrow calls them.
_KINDS = {
    "string": "VARCHAR",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "double": "DOUBLE",
    "bool": "BOOLEAN",
    "date32[day]": "DATE",
}


def _check_columns(file: Path, contract: TableContract) -> int:
    """Refuse a file whose columns are not the contract's; return how many rows it has."""
    import pyarrow.parquet as pq

    described = pq.read_metadata(file)
    kinds = {column.name: str(column.type) for column in described.schema.to_arrow_schema()}
    found = [f"{name} {_KINDS.get(kind, kind)}" for name, kind in kinds.items()]
    promised = [f"{column.name} {column.type}" for column in contract.columns]
    if found != promised:
        wrong = [f"{item} is not promised" for item in found if item not in promised]
        wrong += [f"{item} is missing" for item in promised if item not in found]
        raise ContractError(
            f"{contract.name} breaks its contract: {'; '.join(wrong) or 'its columns stand in another order'}. "
            "Cast the column in the model, or mend sql/columns.yml."
        )
    return int(described.num_rows)
