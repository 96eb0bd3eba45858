"""Compose a complete release aside and make it current in one rename.

A release is a folder `releases/<id>/`: one Parquet file a table, `warehouse.duckdb` with the same
tables and the views, `release.json` (what it is made of) and `checks.json` (how the checks went).
Its id is made of what went into it, never of time: the same inputs give the same id.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines import __version__
from pipelines.contracts.table import TableContract
from pipelines.models.ledger import read_checks
from pipelines.models.lineage import store_lineage
from pipelines.models.project import Project, fingerprint
from pipelines.models.runner import expected_fingerprint
from pipelines.models.tables import read_table_file, table_path
from pipelines.settings import Settings

# The oldest format that DuckDB still writes: programs built on DuckDB 1.1 and later open it.
STORAGE_VERSION = "v1.0.0"


class NotPublished(Exception):
    """Say why a release was not published; what readers see has not changed."""


@dataclass(frozen=True)
class Release:
    """Name a release, where it lies, and whether this run made it."""

    id: str
    path: Path
    is_new: bool


def publish(project: Project, settings: Settings) -> Release:
    """Publish the tables as a release, unless they are the current release already.

    Raises `NotPublished` where a table is missing or stale, or a blocking check did not pass.
    """
    _require_consistent(project, settings.tables)
    checks = _require_checked(project, settings.tables)
    release_id = _release_id(project, settings.tables)
    path = settings.releases / release_id
    if settings.current.exists() and settings.current.resolve() == path.resolve():
        return Release(release_id, path, is_new=False)
    if not path.exists():
        aside = settings.releases / f".{release_id}.{os.getpid()}.part"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        _compose(project, settings.tables, aside, release_id, checks)
        aside.rename(path)
    _point(settings.current, path)
    return Release(release_id, path, is_new=True)


def _require_consistent(project: Project, tables: Path) -> None:
    """Refuse tables that do not belong together: each must be made from the others' present state."""
    problems = []
    for name in project.order:
        file = read_table_file(tables, name)
        if file is None:
            problems.append(f"{name} has not been built")
        elif name in project.models and file.fingerprint != expected_fingerprint(project, name, tables):
            problems.append(f"{name} is older than its SQL or its inputs")
    if problems:
        raise NotPublished(
            "Nothing was published, because the tables do not belong together:\n  - "
            + "\n  - ".join(problems)
            + "\nWhat to do: build everything (`burdenshare build`, or the job `everything`)."
        )


def _require_checked(project: Project, tables: Path) -> list[dict]:
    checks, problems = [], []
    for name in project.order:
        found = read_checks(tables, name)
        if found is None:
            problems.append(f"{name}: its checks have not run on its present rows")
            continue
        checks += [{"table": name, **check} for check in found]
        problems += [check["message"] for check in found if check["blocking"] and check["failures"]]
    if problems:
        raise NotPublished("Nothing was published, because of failed checks:\n  - " + "\n  - ".join(problems))
    return checks


def _release_id(project: Project, tables: Path) -> str:
    """Make the id of everything that a reader could see: tables, views, and what is said of them."""
    files = [read_table_file(tables, name) for name in project.published()]
    views = project.views.values()
    contracts = [*(project.table(f.name).contract for f in files), *(view.contract for view in views)]
    comments = [column.comment for contract in contracts for column in contract.columns]
    marks = [f"{f.name}={f.fingerprint}" for f in files]
    return fingerprint(STORAGE_VERSION, *marks, *(view.sql for view in views), *project.macros().values(), *comments)


def _compose(project: Project, tables: Path, folder: Path, release_id: str, checks: list[dict]) -> None:
    for name in project.published():
        shutil.copyfile(table_path(tables, name), table_path(folder, name))
    store_lineage(project, tables, folder)
    _write_duckdb(project, folder)
    files = [read_table_file(folder, name) for name in project.published()]
    release = {
        "id": release_id,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "burdenshare": __version__,
        "duckdb": duckdb.__version__,
        "tables": {f.name: {"rows": f.rows, "fingerprint": f.fingerprint, "sha256": f.sha256} for f in files},
    }
    _write_json(folder / "checks.json", checks)
    _write_json(folder / "release.json", release)


def _write_duckdb(project: Project, folder: Path) -> None:
    connection = duckdb.connect(config={"threads": 1})
    file = _text(folder / "warehouse.duckdb")
    connection.execute(f"attach '{file}' as warehouse (storage_version '{STORAGE_VERSION}')")
    connection.execute("use warehouse")
    for name in project.published():
        path = _text(table_path(folder, name))
        connection.execute(f"create table {name} as select * from read_parquet('{path}')")
        _comment(connection, "table", project.table(name).contract)
    for view in project.views.values():
        connection.execute(f"create view {view.name} as {view.sql}")
        _comment(connection, "view", view.contract)
    for name, query in project.macros().items():
        connection.execute(f"create macro {name}(day) as table {query}")
    connection.execute("use memory")
    connection.execute("detach warehouse")
    connection.close()


def _comment(connection: duckdb.DuckDBPyConnection, kind: str, contract: TableContract) -> None:
    connection.execute(f"comment on {kind} {contract.name} is '{_text(contract.description)}'")
    for column in contract.columns:
        text = _text(column.comment)
        connection.execute(f"comment on column {contract.name}.{column.name} is '{text}'")


def _point(current: Path, path: Path) -> None:
    """Move the pointer in one rename; it is relative, so the whole warehouse can be moved or copied."""
    link = current.with_name(f".current.{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(path.relative_to(current.parent))
    link.replace(current)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _text(value: object) -> str:
    return str(value).replace("'", "''")
