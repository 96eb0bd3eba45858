"""Describe in Dagster's terms what a table is and what a run found: columns, SQL, rows, changes, failing rows.

Pictures are drawn in `report.glances`; columns are traced in `models.column_lineage`.
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tabulate import tabulate

from ..contracts.table import TableContract
from ..models.column_lineage import column_lineage
from ..models.parts import Model, Source
from ..models.project import Project
from ..models.runner import CheckRun, TableRun
from ..models.tables import connect, read_table_file, register, table_path
from ..report.glances import glances
from ..settings import Settings
from .private import Metadata

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


def rows_before(tables: Path, name: str) -> pa.Table | None:
    """Read a table as the run before left it, to compare; None where there is none sound, or it is too large."""
    file = read_table_file(tables, name)
    return pq.read_table(file.path) if file and file.rows <= COMPARED_ROWS else None


def run_metadata(project: Project, run: TableRun, before: pa.Table | None, settings: Settings) -> Metadata:
    """Return what a run found; `before` holds the table's rows as they were before the run, if there were any."""
    name, contract = run.file.name, project.table(run.file.name).contract
    connection = connect()
    register(connection, run.file.path.parent, [name])
    drawn = glances(run.file, settings.warehouse / "pictures")
    found: Metadata = {key: dg.MetadataValue.md(text) for key, text in drawn.items()}
    found |= {
        "dagster/row_count": run.file.rows,
        "what changed": "nothing" if run.was_current else _changes(connection, contract, before),
        **_coverage(connection, contract),
        **_editions(connection, contract, run.file.path.parent),
        "seconds": round(run.seconds, 3),
        "file": dg.MetadataValue.path(str(run.file.path)),
        "preview": dg.MetadataValue.md(markdown_table(connection.sql(f"from {name} limit {PREVIEW_ROWS}").df())),
    }
    table = project.table(name)
    if isinstance(table, Model):
        found |= _lineage(project, table)
    return found


def _coverage(connection: duckdb.DuckDBPyConnection, contract: TableContract) -> Metadata:
    """Return years and the share of estimates, where the table has them."""
    columns = {column.name for column in contract.columns}
    asked = {
        "first year": ("min(year)", "year"),
        "last year": ("max(year)", "year"),
        "estimates_pct": ("round(100 * avg(cast(is_estimate as double)), 2)", "is_estimate"),
    }
    wanted = {key: sql for key, (sql, column) in asked.items() if column in columns}
    if not wanted:
        return {}
    row = connection.execute(f"select {', '.join(wanted.values())} from {contract.name}").fetchall()[0]
    return {key: value for key, value in zip(wanted, row, strict=True) if value is not None}


def _editions(connection: duckdb.DuckDBPyConnection, contract: TableContract, tables: Path) -> Metadata:
    """Name the editions in a table, each with a link to its publisher's page where the registry is built already."""
    if "edition_id" not in {column.name for column in contract.columns}:
        return {}
    named = f"select distinct edition_id from {contract.name} where edition_id is not null order by edition_id"
    editions, links = [edition for (edition,) in connection.execute(named).fetchall()], {}
    if table_path(tables, "source_edition").exists():
        register(connection, tables, ["source_edition"])
        pages = "select edition_id, coalesce(landing_page_url, download_url) as page from source_edition"
        rows = connection.execute(f"{pages} where page is not null").fetchall()
        links = {edition: f"[{edition}]({page})" for edition, page in rows}
    return {"editions": dg.MetadataValue.md(", ".join(links.get(edition, edition) for edition in editions))}


def _changes(connection: duckdb.DuckDBPyConnection, contract: TableContract, before: pa.Table | None) -> str:
    """Describe how many rows were added, lost and changed since the run before, and in which columns."""
    if before is None:
        return "built for the first time, or too large to compare"
    now = [column.name for column in contract.columns]
    parts = [f"new column {name}" for name in now if name not in before.column_names]
    parts += [f"lost column {name}" for name in before.column_names if name not in now]
    if not set(contract.grain) <= set(before.column_names):
        return "; ".join([*parts, "the grain is another one, so rows cannot be compared"])
    connection.register("rows_before", before)
    common = [name for name in now if name in before.column_names and name not in contract.grain]
    counts = ["count(*) filter (where b.there is null)", "count(*) filter (where a.there is null)"]
    counts += [f"count(*) filter (where a.there and b.there and a.{name} is distinct from b.{name})" for name in common]
    sides = [f"(select *, true as there from {side})" for side in (contract.name, "rows_before")]
    query = (
        f"select {', '.join(counts)} from {sides[0]} as a full join {sides[1]} as b using ({', '.join(contract.grain)})"
    )
    added, lost, *differing = connection.execute(query).fetchall()[0]
    parts += [f"{count} rows {words}" for count, words in ((added, "added"), (lost, "lost")) if count]
    parts += [f"{name} in {count} rows" for name, count in zip(common, differing, strict=True) if count]
    return "; ".join(parts) or "no row: only the SQL, its inputs or what is said of the columns"


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
    shown = tabulate(rows, headers=["column", "comes from"], tablefmt="github")
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps),
        "where columns come from": dg.MetadataValue.md(shown),
    }


def check_result(run: CheckRun, tables: Path) -> dg.AssetCheckResult:
    """Report one check: how many rows failed, the first of them with their cells, what was expected, what to do."""
    metadata: Metadata = {"failing rows": run.failures, "expected": run.check.description}
    if not run.passed:
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
    lines = []
    for row in rows.head(ROWS_IN_SHORT).to_dict(orient="records"):
        parts = [f"{name} {value}" for name, value in row.items() if pd.notna(value) and value != ""]
        lines.append("- " + ", ".join(parts))
    more = len(rows) - ROWS_IN_SHORT
    return "\n".join([*lines, f"... the run's page shows {more} more"] if more > 0 else lines)


def _shown(cells: list[str]) -> str:
    more = f" and {len(cells) - SHOWN_CELLS} more" if len(cells) > SHOWN_CELLS else ""
    return ", ".join(cells[:SHOWN_CELLS]) + more


def markdown_table(frame: pd.DataFrame) -> str:
    """Write a frame as a Markdown table, blanks where there is no value."""
    columns = [
        ["" if empty else str(value).replace("|", "\\|") for value, empty in zip(column, column.isna(), strict=True)]
        for _, column in frame.items()
    ]
    rows = list(zip(*columns, strict=True))
    return tabulate(rows, headers=list(frame.columns), tablefmt="github", disable_numparse=True)
