"""Describe in Dagster's terms what a table is and what a run found: columns, SQL, rows, changes, failing rows.

Pictures are drawn in `report.glances`; columns are traced in `models.column_lineage`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..contracts.sql import quoted
from ..contracts.table import TableContract
from ..models.by_edition import EDITION, among, read_marks
from ..models.checks import CheckRun
from ..models.column_lineage import column_lineage
from ..models.parts import Model, Source
from ..models.project import Project
from ..models.runner import TableRun, expected_fingerprint
from ..models.tables import TableFile, connect, read_table_file, reading, register, table_path
from ..report.glances import glances
from .private import Metadata

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

PREVIEW_ROWS = 10
SHOWN_CELLS = 6
ROWS_IN_SHORT = 5
# Above this a comparison with the run before would cost more than it tells.
COMPARED_ROWS = 1_000_000


def column_schema(contract: TableContract) -> dg.TableSchema:
    """Describe a contract's columns with types, units, meaning and constraints."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.type.lower(),
                description=column.comment,
                constraints=dg.TableColumnConstraints(
                    nullable=not column.required and column.name not in contract.grain,
                    unique=contract.grain == (column.name,),
                ),
                tags={"unit": column.unit.replace(" ", "_")} if column.unit else None,
            )
            for column in contract.columns
        ]
    )


def definition_metadata(table: Source | Model) -> Metadata:
    """Return what is known of a table before any run: grain, columns, and its SQL or source."""
    known: Metadata = {
        "grain": ", ".join(table.contract.grain),
        "dagster/column_schema": column_schema(table.contract),
    }
    if isinstance(table, Model):
        known["sql"] = dg.MetadataValue.md(f"```sql\n{table.sql}\n```")
        # Below its layer a model may lie in its publisher's folder.
        known["sql file"] = f"sql/{table.layer}/{table.path.as_posix().rpartition(f'/{table.layer}/')[2]}"
    else:
        known["source"] = f"warehouse/seeds/{table.file or 'editions.yml and figures/'}"
    return known


@contextmanager
def file_before(project: Project, tables: Path, name: str) -> Iterator[BinaryIO | None]:
    """Open a table's file as the run before left it, to compare: it stays readable when another takes its name.

    None where there is none sound, it is too large, or it will stay as it is.
    """
    file = read_table_file(tables, name)
    if file is None or file.rows > COMPARED_ROWS or _will_stay(project, tables, file):
        yield None
        return
    with file.path.open("rb") as before:
        yield before


def _will_stay(project: Project, tables: Path, file: TableFile) -> bool:
    return file.name in project.models and expected_fingerprint(project, file.name, tables) == file.fingerprint


def run_metadata(project: Project, run: TableRun, before: BinaryIO | None) -> Metadata:
    """Return what a run found; `before` is the table's file as it was before the run, if there was one."""
    table = project.table(run.file.name)
    connection = reading(run.file.path.parent, [table.name])
    found: Metadata = {key: dg.MetadataValue.md(text) for key, text in glances(run.file).items()}
    found |= {
        "dagster/row_count": run.file.rows,
        "what changed": "nothing" if run.was_current else _changes(connection, table.contract, before, run),
        **_coverage(connection, table.contract, run.file.path.parent),
        "seconds": round(run.seconds, 3),
        "file": dg.MetadataValue.path(str(run.file.path)),
        "preview": dg.MetadataValue.md(_preview(connection, table.contract)),
    }
    if isinstance(table, Model):
        found |= _lineage(project, table)
    return found


def _preview(connection: duckdb.DuckDBPyConnection, contract: TableContract) -> str:
    rows = connection.execute(f"from {contract.name} limit {PREVIEW_ROWS}").fetchall()
    return markdown([column.name for column in contract.columns], rows)


def _coverage(connection: duckdb.DuckDBPyConnection, contract: TableContract, tables: Path) -> Metadata:
    """Return years, the share of estimates and the editions, each with a link to its page, where the table has them."""
    columns = {column.name for column in contract.columns}
    asked = {
        "first year": ("min(year)", "year"),
        "last year": ("max(year)", "year"),
        "estimates_pct": ("round(100 * avg(cast(is_estimate as double)), 2)", "is_estimate"),
        "editions": (
            "list(distinct edition_id order by edition_id) filter (where edition_id is not null)",
            "edition_id",
        ),
    }
    wanted = {key: sql for key, (sql, column) in asked.items() if column in columns}
    if not wanted:
        return {}
    row = connection.execute(f"select {', '.join(wanted.values())} from {contract.name}").fetchall()[0]
    found: dict[str, Any] = {key: value for key, value in zip(wanted, row, strict=True) if value is not None}
    if "edition_id" in columns:
        links = _pages_of_editions(tables)
        named = [links.get(edition, edition) for edition in found.get("editions", ())]
        found["editions"] = dg.MetadataValue.md(", ".join(named))
    return found


def _pages_of_editions(tables: Path) -> dict[str, str]:
    """Write for each edition a link to its publisher's page; none where the registry is not built yet."""
    path = table_path(tables, "source_edition")
    if not path.exists():
        return {}
    state = path.stat()
    return _links(path, (state.st_ino, state.st_mtime_ns))


# Nearly every table has editions, and they are the same ones.
@lru_cache(2)
def _links(path: Path, _: tuple[int, int]) -> dict[str, str]:
    rows = connect().execute(
        "select edition_id, coalesce(landing_page_url, download_url) as page "
        f"from read_parquet({quoted(path)}) where page is not null"
    )
    return {edition: f"[{edition}]({page})" for edition, page in rows.fetchall()}


def _changes(
    connection: duckdb.DuckDBPyConnection, contract: TableContract, file: BinaryIO | None, run: TableRun
) -> str:
    """Describe how many rows were added, lost and changed since the run before, and in which columns.

    The rows of editions that were kept are not looked at.
    """
    if file is None:
        return "built for the first time, or too large to compare"
    was, made = (sorted(set(read_marks(source)) - run.kept) for source in (file, run.file.path))
    before = _rows_before(file, was if run.kept else None)
    rest = f"where {among(made)}" if run.kept else ""
    now = [column.name for column in contract.columns]
    parts = [f"new column {name}" for name in now if name not in before.column_names]
    parts += [f"lost column {name}" for name in before.column_names if name not in now]
    if not set(contract.grain) <= set(before.column_names):
        return "; ".join([*parts, "the grain is another one, so rows cannot be compared"])
    connection.register("rows_before", before)
    common = [name for name in now if name in before.column_names and name not in contract.grain]
    counts = ["count(*) filter (where b.there is null)", "count(*) filter (where a.there is null)"]
    counts += [f"count(*) filter (where a.there and b.there and a.{name} is distinct from b.{name})" for name in common]
    sides = [f"(select *, true as there from {side})" for side in (f"{contract.name} {rest}", "rows_before")]
    query = (
        f"select {', '.join(counts)} from {sides[0]} as a full join {sides[1]} as b using ({', '.join(contract.grain)})"
    )
    added, lost, *differing = connection.execute(query).fetchall()[0]
    connection.unregister("rows_before")
    parts += [f"{count} rows {words}" for count, words in ((added, "added"), (lost, "lost")) if count]
    parts += [f"{name} in {count} rows" for name, count in zip(common, differing, strict=True) if count]
    return "; ".join(parts) or "no row: only the SQL, its inputs or what is said of the columns"


def _rows_before(file: BinaryIO, editions: list[str] | None) -> pa.Table:
    """Read the rows of some editions, or all; where there are none, only what columns there were."""
    if editions == []:
        return pq.read_schema(file).empty_table()
    return pq.read_table(file, filters=None if editions is None else pc.field(EDITION).isin(editions))


def _lineage(project: Project, model: Model) -> Metadata:
    """Return where each column comes from, in Dagster's form and as a table, since its open UI does not draw it."""
    traced = column_lineage(project, model)
    deps = {
        column: [dg.TableColumnDep(dg.AssetKey(table), origin) for table, origin in origins]
        for column, origins in traced.items()
        if origins
    }
    rows = [
        (column, ", ".join(f"`{table}.{origin}`" for table, origin in origins) or "the SQL itself")
        for column, origins in traced.items()
    ]
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps),
        "where columns come from": dg.MetadataValue.md(markdown(["column", "comes from"], rows)),
    }


def check_result(run: CheckRun, tables: Path) -> dg.AssetCheckResult:
    """Report one check: how many rows failed, the first of them with their cells, what was expected, what to do."""
    metadata: Metadata = {"failing rows": run.failures, "expected": run.check.description}
    if run.sample is not None:
        rows = with_cells(run.sample, tables)
        metadata["what to do"] = run.check.advice
        metadata["first failing rows"] = dg.MetadataValue.md(markdown_table(rows))
        metadata["in short"] = dg.MetadataValue.md(in_short(rows))
    return dg.AssetCheckResult(
        check_name=run.check.name,
        passed=run.passed,
        severity=dg.AssetCheckSeverity.ERROR if run.check.blocking else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
        description=run.check.description
        if run.passed
        else f"{run.failures} {'row breaks' if run.failures == 1 else 'rows break'} the rule; the first are below.",
    )


def with_cells(rows: pd.DataFrame, tables: Path) -> pd.DataFrame:
    """Add the cells that failing rows came from, where the rows name edition, entity and year and no cell yet.

    Where the row names a table, measure or price basis too, only those cells are given.
    """
    key = ["edition_id", "entity_code", "year"]
    if not set(key) <= set(rows.columns) or "cell" in rows or not table_path(tables, "stg_observation").exists():
        return rows
    key += [name for name in ("measure", "unit", "price_basis", "repeats") if name in rows.columns]
    connection = connect()
    register(connection, tables, ["stg_observation"])
    connection.register("failing", rows.reset_index(drop=True).rename_axis("place").reset_index())
    same = " and ".join(f"o.{name} = f.{name}" for name in key)
    cells = connection.execute(
        "select f.place, list(distinct o.locator order by 1) "
        f"from failing as f left join stg_observation as o on {same} group by f.place order by f.place"
    ).fetchall()
    return rows.assign(cells=[_shown([cell for cell in found if cell is not None]) for _, found in cells])


def in_short(rows: pd.DataFrame) -> str:
    """Write the first rows as lines for an alert, which a telephone shows: what is empty is left out."""
    lines = [
        "- " + ", ".join(f"{name} {value}" for name, value in zip(rows.columns, row, strict=True) if value != "")
        for row in _texts(rows)[:ROWS_IN_SHORT]
    ]
    more = len(rows) - ROWS_IN_SHORT
    return "\n".join([*lines, f"... the run's page shows {more} more"] if more > 0 else lines)


def _shown(cells: list[str]) -> str:
    more = f" and {len(cells) - SHOWN_CELLS} more" if len(cells) > SHOWN_CELLS else ""
    return ", ".join(cells[:SHOWN_CELLS]) + more


def markdown_table(frame: pd.DataFrame) -> str:
    """Write a frame as a Markdown table, blanks where there is no value."""
    return markdown(list(frame.columns), _texts(frame))


def _texts(frame: pd.DataFrame) -> list[list[str]]:
    rows = frame.astype(object).where(frame.notna(), "").to_numpy().tolist()
    return [[str(value) for value in row] for row in rows]


def markdown(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write rows as a Markdown table, blanks where there is no value."""
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
