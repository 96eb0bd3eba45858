"""Write and read a table's Parquet file: aside and renamed, so that no reader sees half of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contracts.sql import quoted
from pipelines.contracts.table import TableContract
from pipelines.files.whole import sha256_of, written_whole


class ContractError(Exception):
    """Say that a table does not have the columns that its contract promises."""


@dataclass(frozen=True)
class TableFile:
    """Hold what a table's file says of itself: rows, fingerprint and the hash of its bytes."""

    name: str
    path: Path
    rows: int
    fingerprint: str

    @property
    def sha256(self) -> str:
        """Hash the file's bytes."""
        return sha256_of(self.path)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    # One thread, so that sums are added in one order every time.
    return duckdb.connect(config={"threads": 1})


def connect() -> duckdb.DuckDBPyConnection:
    """Open a session of its own in one in-memory DuckDB; starting a DuckDB for each table costs a second a build."""
    return _database().cursor()


def table_path(tables: Path, name: str) -> Path:
    """Name a table's file."""
    return tables / f"{name}.parquet"


def register(connection: duckdb.DuckDBPyConnection, tables: Path, names: list[str]) -> None:
    """Make tables' files readable under their names, in this session only."""
    for name in names:
        path = quoted(table_path(tables, name))
        connection.execute(f"create or replace temp view {name} as select * from read_parquet({path})")


def write_table(
    connection: duckdb.DuckDBPyConnection, query: str, contract: TableContract, tables: Path, fingerprint: str
) -> TableFile:
    """Write a query's rows, sorted by grain, with contract and fingerprint in the file's metadata.

    Raises `ContractError` where names, order or types of the columns are not the contract's; an
    earlier file then stays as it was.
    """
    _check_columns(connection, query, contract)
    path = table_path(tables, contract.name)
    metadata = {**contract.metadata(), "fingerprint": fingerprint}
    pairs = ", ".join(f"{key}: {quoted(value)}" for key, value in metadata.items())
    with written_whole(path) as aside:
        connection.execute(
            f"copy (select * from ({query}) order by {', '.join(contract.grain)}) to {quoted(aside)} "
            f"(format parquet, compression zstd, kv_metadata {{{pairs}}})"
        )
    return read_table_file(tables, contract.name)


def read_table_file(tables: Path, name: str) -> TableFile | None:
    """Read what a table's file says of itself; None where there is no file, or one cut short by a crash."""
    path = table_path(tables, name)
    try:
        footer = pq.read_metadata(path)
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    fingerprint = (footer.metadata or {}).get(b"fingerprint", b"").decode()
    return TableFile(name, path, footer.num_rows, fingerprint)


def _check_columns(connection: duckdb.DuckDBPyConnection, query: str, contract: TableContract) -> None:
    described = connection.execute(f"describe {query}").fetchall()
    found = [f"{name} {kind}" for name, kind, *_ in described]
    promised = [f"{column.name} {column.type}" for column in contract.columns]
    if found != promised:
        wrong = [f"{item} is not promised" for item in found if item not in promised]
        wrong += [f"{item} is missing" for item in promised if item not in found]
        raise ContractError(
            f"{contract.name} breaks its contract: {'; '.join(wrong) or 'its columns stand in another order'}. "
            "Cast the column in the model, or mend sql/columns.yml."
        )
