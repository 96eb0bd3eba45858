"""Say in Dagster's terms what a table is: columns, SQL, preview, and the rows that failed a check."""

from __future__ import annotations

import dagster as dg
import pandas as pd
import pyarrow.parquet as pq
from tabulate import tabulate

from pipelines.contracts.table import TableContract
from pipelines.models.project import Model, Source
from pipelines.models.runner import CheckRun, TableRun

PREVIEW_ROWS = 10


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
            )
            for column in contract.columns
        ]
    )


def definition_metadata(table: Source | Model) -> dict[str, object]:
    """Give what is known of a table before any run: grain, columns, and its SQL or source."""
    known: dict[str, object] = {
        "grain": ", ".join(table.contract.grain),
        "dagster/column_schema": column_schema(table.contract),
    }
    if isinstance(table, Model):
        known["sql"] = dg.MetadataValue.md(f"```sql\n{table.sql}\n```")
    else:
        known["source"] = f"warehouse/seeds/{table.file or 'editions.yml and figures/'}"
    return known


def run_metadata(run: TableRun) -> dict[str, object]:
    """Give what a run found: rows, seconds, whether anything changed, and the first rows."""
    preview = pq.read_table(run.file.path).slice(0, PREVIEW_ROWS).to_pandas()
    return {
        "dagster/row_count": run.file.rows,
        "seconds": round(run.seconds, 3),
        "changed": not run.was_current,
        "file": dg.MetadataValue.path(str(run.file.path)),
        "preview": dg.MetadataValue.md(markdown_table(preview)),
    }


def check_result(run: CheckRun) -> dg.AssetCheckResult:
    """Report one check: how many rows failed, the first of them, what was expected and what to do."""
    metadata: dict[str, object] = {"failing rows": run.failures, "expected": run.check.description}
    if not run.passed:
        metadata["what to do"] = run.check.advice
        metadata["first failing rows"] = dg.MetadataValue.md(markdown_table(run.sample))
    return dg.AssetCheckResult(
        check_name=run.check.name,
        passed=run.passed,
        severity=dg.AssetCheckSeverity.ERROR if run.check.blocking else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
        description=run.check.description if run.passed else run.message(),
    )


def markdown_table(frame: pd.DataFrame) -> str:
    """Write a frame as a Markdown table, blanks where there is no value."""
    return tabulate(frame.astype(object).where(frame.notna(), ""), headers="keys", tablefmt="github", showindex=False)
