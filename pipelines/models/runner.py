"""Run one model or load one source into its Parquet file, unless its fingerprint says it is there."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
from tabulate import tabulate

from pipelines.contracts.table import Check, TableContract
from pipelines.models.project import Project, Source, fingerprint
from pipelines.models.tables import ContractError, TableFile, connect, read_table_file, register, write_table

SAMPLE_ROWS = 20


@dataclass(frozen=True)
class TableRun:
    """Tell how a table came to be: its file, seconds taken, and whether it was already there."""

    file: TableFile
    seconds: float
    was_current: bool


@dataclass(frozen=True)
class CheckRun:
    """Tell how a check went: the number of offending rows and the first of them."""

    table: str
    check: Check
    failures: int
    sample: pd.DataFrame

    @property
    def passed(self) -> bool:
        """Tell whether the check found nothing."""
        return self.failures == 0

    def message(self) -> str:
        """Say in words what was expected, what was found and what to do."""
        if self.passed:
            return self.check.description
        cells = self.sample.astype(object).where(self.sample.notna(), "")
        shown = tabulate(cells, headers="keys", tablefmt="plain", showindex=False)
        rows = "row breaks" if self.failures == 1 else "rows break"
        return (
            f"{self.table}, {self.check.name}: {self.failures} {rows} the rule '{self.check.description}'\n{shown}\n"
            f"What to do: {self.check.advice}"
        )


def load_source(project: Project, name: str, data: pa.Table, tables: Path, *, anew: bool = False) -> TableRun:
    """Write a source's rows as a table, `anew` even where its fingerprint (of rows and contract) is there.

    Raises `ContractError` that names line, column and value of whatever is not of its column's type.
    """
    contract = project.sources[name].contract
    started = time.perf_counter()
    content = data.select([column.name for column in contract.columns]).to_pandas()
    text = content.sort_values(list(contract.grain), kind="stable").to_csv(index=False)
    mark = fingerprint(duckdb.__version__, _promise(contract), text)
    existing = read_table_file(tables, name)
    if existing and existing.fingerprint == mark and not anew:
        return TableRun(existing, time.perf_counter() - started, was_current=True)
    connection = connect()
    connection.register("rows_of_source", data)
    _require_castable(connection, project.sources[name])
    columns = ", ".join(f"cast({c.name} as {c.type}) as {c.name}" for c in contract.columns)
    file = write_table(connection, f"select {columns} from rows_of_source", contract, tables, mark)
    return TableRun(file, time.perf_counter() - started, was_current=False)


def _require_castable(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """List every value that is not of its column's type, by line, where people can mend it."""
    wrong = []
    for column in source.contract.columns:
        sql = (
            f"select line, {column.name} from (select row_number() over () + 1 as line, {column.name} "
            f"from rows_of_source) where {column.name} is not null and try_cast({column.name} as {column.type}) is null"
        )
        found = connection.execute(sql).fetchall()
        wrong += [f"line {line}, {column.name}: {value!r}; expected {_EXAMPLES[column.type]}" for line, value in found]
    if wrong:
        raise ContractError(
            f"{source.file or source.name} holds {len(wrong)} values of the wrong type:\n  - "
            + "\n  - ".join(wrong)
            + f"\nWhat to do: mend these lines; sql/columns.yml says what {source.name} may hold."
        )


_EXAMPLES = {
    "VARCHAR": "a text",
    "INTEGER": "a whole number such as 2024",
    "BIGINT": "a whole number such as 2024",
    "DOUBLE": "a number such as 2.5",
    "BOOLEAN": "true or false",
    "DATE": "a date such as 2024-06-17",
}


def expected_fingerprint(project: Project, name: str, tables: Path) -> str | None:
    """Give the fingerprint that a model's file should bear now; None where an input is missing."""
    model = project.models[name]
    inputs = [read_table_file(tables, upstream) for upstream in model.depends_on]
    if any(file is None for file in inputs):
        return None
    marks = [f"{file.name}={file.fingerprint}" for file in inputs]
    return fingerprint(duckdb.__version__, model.sql, _promise(model.contract), *marks)


def run_model(project: Project, name: str, tables: Path, *, anew: bool = False) -> TableRun:
    """Run a model on the tables that it reads; skip it where its file bears the right fingerprint, unless `anew`.

    Raises `FileNotFoundError` that names a missing input, `ContractError` for wrong columns.
    """
    model = project.models[name]
    started = time.perf_counter()
    mark = expected_fingerprint(project, name, tables)
    if mark is None:
        missing = [n for n in model.depends_on if read_table_file(tables, n) is None]
        raise FileNotFoundError(f"{name} needs {', '.join(missing)} first; build these tables, or everything.")
    existing = read_table_file(tables, name)
    if existing and existing.fingerprint == mark and not anew:
        return TableRun(existing, time.perf_counter() - started, was_current=True)
    connection = connect()
    register(connection, tables, list(model.depends_on))
    file = write_table(connection, model.sql, model.contract, tables, mark)
    return TableRun(file, time.perf_counter() - started, was_current=False)


def run_checks(project: Project, name: str, tables: Path) -> list[CheckRun]:
    """Run every check of one table."""
    connection = connect()
    register(connection, tables, sorted({name, *project.needs(name)}))
    runs = []
    for check in project.checks(name):
        failing = connection.execute(check.sql).df()
        runs.append(CheckRun(name, check, len(failing), failing.head(SAMPLE_ROWS)))
    return runs


def _promise(contract: TableContract) -> str:
    return json.dumps(asdict(contract), sort_keys=True, default=str)
