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
from ..files.row_groups import begins_with
from ..files.whole import write_json
from ..models.by_edition import among, editions_kept, read_marks
from ..models.project import Project
from ..models.published import write_published
from ..models.tables import table_path
from .database import write_database
from .lineage import store_lineage
from .names import CHECKS, DATABASE


class AuditError(Exception):
    """List what is wrong with a release that was composed but must not be published."""


def extras(project: Project, checks: list[dict[str, Any]]) -> dict[str, object]:
    """Return the JSON files that a release carries beside its tables, by name: this is the place to add one."""
    return {CHECKS: checks}


def compose(
    project: Project,
    tables: Path,
    folder: Path,
    checks: list[dict[str, Any]],
    at_step: Callable[[str], None],
    before: Path | None = None,
) -> None:
    """Fill an empty folder with tables, database and extras; the manifest comes later.

    `before` is the folder of the present release, of which is taken over what serves. Raises `AuditError`
    where the parts do not agree, `OSError` or `duckdb.Error` where they cannot be written.
    """
    for name in project.published():
        write_published(project.models[name], project.shown(name).contract, tables, folder, before)
    at_step("tables copied")
    write_database(project, folder, before)
    at_step("database written")
    store_lineage(project, tables, folder)
    at_step("lineage stored")
    for name, content in extras(project, checks).items():
        write_json(folder / name, content)
    at_step("extras written")
    problems = faults(project, folder, before)
    if problems and before:
        # Tables that were made anew as a whole may differ in last bits from those that were taken over.
        (folder / DATABASE).unlink()
        write_database(project, folder)
        problems = faults(project, folder)
    if problems:
        raise AuditError("The composed release is not sound:\n  - " + "\n  - ".join(problems))
    at_step("audited")


def faults(project: Project, folder: Path, before: Path | None = None) -> list[str]:
    """Hold the composed database against its Parquet files, and list each table that has other rows there.

    A view that does not answer is listed too. Of rows that were taken over from the release `before`, which is sound
    and lent its database, only the number is held.
    """
    problems = []
    with duckdb.connect(str(folder / DATABASE), read_only=True, config={"threads": 1}) as connection:
        for name in project.published():
            made = _made_since(before, table_path(folder, name)) if before else ""
            counted = [
                connection.execute(_SUM.format(source=source, made=made)).fetchall()
                for source in (name, f"read_parquet({quoted(table_path(folder, name))})")
            ]
            if counted[0] != counted[1]:
                problems.append(f"{name}: {counted[0][0][0]} rows in the database differ from {counted[1][0][0]}")
        for name in project.views:
            try:
                # Binds and plans all of it; its rows are those of tables that were counted.
                connection.execute(f"from {name} limit 0").fetchall()
            except duckdb.Error as error:
                problems.append(f"view {name} does not answer: {error}")
    return problems


# The order of rows does not matter to exclusive-or, and equal rows would have to vanish in pairs.
_SUM = "select (select count(*) from {source}), bit_xor(hash(t)) from {source} as t {made}"


def _made_since(before: Path, file: Path) -> str:
    """Write the condition of the rows of editions that a table did not take over; empty where it took none over."""
    earlier, marks = table_path(before, file.stem), read_marks(file)
    kept = editions_kept(earlier, marks)
    # A file that was written again may have another last bit, of which marks know nothing.
    return f"where {among(sorted(set(marks) - kept))}" if kept and begins_with(file, earlier) else ""
