"""Load one source into its Parquet file, unless the ledger says that its rows lie there, and sound.

Of a source whose rows are read edition by edition, only those editions are read whose files have changed, where its
file keeps all others.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ..contracts.columns import Column
from ..contracts.sql import quoted
from ..contracts.table import TableContract
from ..files.ledger import Ledger, read_ledger, updating
from .by_edition import ALL, EDITION, Marks, marks_metadata, marks_of_rows, read_marks
from .parts import Source
from .project import Project, fingerprint
from .runner import TableRun, kept_contract, promise
from .tables import ContractError, Kept, connect, read_table_file, table_path, table_state, write_table

if TYPE_CHECKING:
    import pyarrow as pa

# Under this name the ledger tells of which files a source's editions were read.
_READ = "editions"


def editions_read(project: Project, name: str, tables: Path, read: Mapping[str, str]) -> frozenset[str]:
    """Name the editions of a source that its present file was read from as they are now, if it holds no other.

    `read` gives the mark of what each edition is to be read from.
    """
    ledger = read_ledger(tables)
    if read_table_file(tables, name, ledger) is None:
        return frozenset()
    made_from = ledger.tables[name].made_from
    held: dict[str, str] = json.loads(made_from.get(_READ, "{}"))
    same = made_from | _made_with(project.sources[name].contract) == made_from
    is_kept = same and all(read.get(edition) == mark for edition, mark in held.items())
    return frozenset(held) if is_kept else frozenset()


def load_source(
    project: Project,
    name: str,
    data: pa.Table,
    tables: Path,
    *,
    anew: bool = False,
    inputs: str = "",
    read: Mapping[str, str] | None = None,
    kept: frozenset[str] = frozenset(),
    run: str | None = None,
) -> TableRun:
    """Write a source's rows as a table, `anew` even where its fingerprint (of rows and contract) is there.

    `inputs` is the mark of the files that were read, `read` that of what each edition was read from, and `run` the run
    that reads; all are for the ledger. The rows of editions that are `kept` are not among `data`. Raises
    `ContractError` that names line, column and value of whatever is not of its column's type.
    """
    contract = project.sources[name].contract
    started = time.perf_counter()
    connection = connect()
    connection.register("rows_of_source", data)
    names = ", ".join(column.name for column in contract.columns)
    marks = marks_of_rows(connection, f"(select {names} from rows_of_source)", EDITION if read else quoted(ALL))
    marks |= {edition: mark for edition, mark in (read_marks(table_path(tables, name)) if kept else {}).items()}
    mark = fingerprint(duckdb.__version__, promise(contract), *_told(marks))
    made_from = {"inputs": inputs, **_made_with(contract)} | ({_READ: json.dumps(read)} if read else {})
    ledger = read_ledger(tables)
    existing = read_table_file(tables, name, ledger)
    if existing and existing.fingerprint == mark and not anew:
        _enter_inputs(tables, ledger, name, made_from)
        return TableRun(existing, time.perf_counter() - started, was_current=True)
    damaged = table_state(tables, name, ledger) == "damaged"
    _require_castable(connection, project.sources[name])
    columns = ", ".join(f"cast({c.name} as {c.type}) as {c.name}" for c in contract.columns)
    rest = Kept(f"select * from read_parquet({quoted(table_path(tables, name))})", is_whole=True) if kept else None
    told = marks_metadata(marks) if read else {}
    query = f"select {columns} from rows_of_source"
    file = write_table(connection, query, contract, tables, mark, kept=rest, told=told, made_from=made_from, run=run)
    return TableRun(
        file,
        time.perf_counter() - started,
        was_current=False,
        was_damaged=damaged,
        kept=kept,
        kept_contract=bool(kept) and kept_contract(ledger, name),
    )


def _made_with(contract: TableContract) -> dict[str, str]:
    return {"contract": fingerprint(promise(contract)), "duckdb": duckdb.__version__}


def _told(marks: Marks) -> list[str]:
    """Write marks down in one order; of rows that name no edition there is one, or none where there are no rows."""
    return [f"{edition}{mark}" for edition, mark in sorted(marks.items())] or [str(None)]


def _enter_inputs(tables: Path, ledger: Ledger, name: str, made_from: Mapping[str, str]) -> None:
    """Enter files that have changed and yet give the same rows, so that they count as read."""
    entry = ledger.tables[name]
    if entry.made_from != made_from:
        with updating(tables) as present:
            present.tables[name] = replace(entry, made_from=dict(made_from))


def _require_castable(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """List every value that is not of its column's type, by line, where people can mend it."""
    wrong = []
    for column in _not_castable(connection, source.contract):
        sql = (
            f"select line, {column.name} from (select row_number() over () + 1 as line, {column.name} "
            f"from rows_of_source) where {_is_wrong(column)}"
        )
        found = connection.execute(sql).fetchall()
        wrong += [f"line {line}, {column.name}: {value!r}; expected {_EXAMPLES[column.type]}" for line, value in found]
    if wrong:
        raise ContractError(
            f"{source.file or source.name} holds {len(wrong)} values of the wrong type:\n  - "
            + "\n  - ".join(wrong)
            + f"\nWhat to do: mend these lines; sql/columns.yml says what {source.name} may hold."
        )


def _not_castable(connection: duckdb.DuckDBPyConnection, contract: TableContract) -> list[Column]:
    """Name the columns that hold a value of another type than theirs; one query asks about all."""
    asked = ", ".join(f"coalesce(bool_or({_is_wrong(column)}), false)" for column in contract.columns)
    (found,) = connection.execute(f"select {asked} from rows_of_source").fetchall()
    return [column for column, is_wrong in zip(contract.columns, found, strict=True) if is_wrong]


def _is_wrong(column: Column) -> str:
    return f"{column.name} is not null and try_cast({column.name} as {column.type}) is null"


_EXAMPLES = {
    "VARCHAR": "a text",
    "INTEGER": "a whole number such as 2024",
    "BIGINT": "a whole number such as 2024",
    "DOUBLE": "a number such as 2.5",
    "BOOLEAN": "true or false",
    "DATE": "a date such as 2024-06-17",
}
