"""Compose a complete release in a folder of its own, and audit it before anybody sees it.

A release is a folder `releases/<id>/`: one Parquet file a table, `warehouse.duckdb` with the same
tables and the views, JSON files with what else a reader may want (`extras`), the difference to the
release before (`diff.json`), the manifest (`datapackage.json`), and `_SUCCESS`, which is written last.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from ..contracts.sql import quoted
from ..contracts.table import TableContract
from ..files.whole import write_json
from ..models.project import Project
from ..models.published import write_published
from ..models.tables import table_path
from .lineage import store_lineage
from .names import CHECKS, DATABASE

# The oldest format that DuckDB still writes: programs built on DuckDB 1.1 and later open it.
STORAGE_VERSION = "v1.0.0"


class AuditError(Exception):
    """List what is wrong with a release that was composed but must not be published."""


def extras(project: Project, checks: list[dict[str, Any]]) -> dict[str, object]:
    """Return the JSON files that a release carries beside its tables, by name: this is the place to add one."""
    return {CHECKS: checks}


def compose(
    project: Project, tables: Path, folder: Path, checks: list[dict[str, Any]], at_step: Callable[[str], None]
) -> None:
    """Fill an empty folder with tables, database and extras; the manifest comes later.

    Raises `AuditError` where the parts do not agree, `OSError` or `duckdb.Error` where they cannot be written.
    """
    for name in project.published():
        write_published(project.models[name], project.shown(name).contract, tables, folder)
    at_step("tables copied")
    _write_database(project, folder)
    at_step("database written")
    store_lineage(project, tables, folder)
    at_step("lineage stored")
    for name, content in extras(project, checks).items():
        write_json(folder / name, content)
    at_step("extras written")
    audit(project, folder)
    at_step("audited")


def audit(project: Project, folder: Path) -> None:
    """Hold the composed database against its Parquet files: same rows in both, every view answers.

    Raises `AuditError` that lists every table and view for which this does not hold.
    """
    problems = []
    with duckdb.connect(str(folder / DATABASE), read_only=True, config={"threads": 1}) as connection:
        for name in project.published():
            file = quoted(table_path(folder, name))
            # The order of rows does not matter to exclusive-or, and equal rows would have to vanish in pairs.
            counted = [
                connection.execute(f"select count(*), bit_xor(hash(t)) from {source} as t").fetchall()
                for source in (name, f"read_parquet({file})")
            ]
            if counted[0] != counted[1]:
                problems.append(f"{name}: {counted[0][0][0]} rows in the database differ from {counted[1][0][0]}")
        for name in project.views:
            try:
                # Binds and plans all of it; its rows are those of tables that were counted.
                connection.execute(f"from {name} limit 0").fetchall()
            except duckdb.Error as error:
                problems.append(f"view {name} does not answer: {error}")
    if problems:
        raise AuditError("The composed release is not sound:\n  - " + "\n  - ".join(problems))


def _write_database(project: Project, folder: Path) -> None:
    with duckdb.connect(config={"threads": 1}) as connection:
        file = quoted(folder / DATABASE)
        connection.execute(f"attach {file} as warehouse (storage_version '{STORAGE_VERSION}')")
        connection.execute("use warehouse")
        # Committing each comment by itself would take longer than writing the tables.
        connection.execute("begin")
        for name in project.published():
            connection.execute(f"create table {name} as from read_parquet({quoted(table_path(folder, name))})")
            _comment(connection, "table", project.shown(name).contract)
        for view in project.views.values():
            connection.execute(f"create view {view.name} as {view.sql}")
            _comment(connection, "view", view.contract)
        for name, query in project.macros().items():
            connection.execute(f"create macro {name}(day) as table {query}")
        for macro in project.questions.values():
            connection.execute(f"create macro {macro.name}({', '.join(macro.parameters)}) as table {macro.sql}")
            connection.execute(f"comment on macro table {macro.name} is {quoted(macro.description)}")
        connection.execute("commit")
        connection.execute("use memory")
        # Detaching writes everything into the one file; a .wal left beside it would make it unreadable.
        connection.execute("detach warehouse")


def _comment(connection: duckdb.DuckDBPyConnection, kind: str, contract: TableContract) -> None:
    said = [f"comment on {kind} {contract.name} is {quoted(contract.description)}"]
    said += [f"comment on column {contract.name}.{c.name} is {quoted(c.comment)}" for c in contract.columns]
    connection.execute(";\n".join(said))
