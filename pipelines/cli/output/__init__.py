"""Print tables and messages: to a screen, or in a form that another program reads."""

from __future__ import annotations

import json
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pyarrow as pa

# A pipe has no width: 160 columns keep tables whole there.
console = Console(width=None if sys.stdout.isatty() else 160)
errors = Console(stderr=True, width=None if sys.stderr.isatty() else 160)
LONG_TEXT = 40
# What makes a spreadsheet take a text for a formula: OWASP's list, with white space before it as well.
FORMULA = r"^[\s]*[=+\-@\t\r]"


class Format(StrEnum):
    """The forms in which a result can be printed."""

    table = "table"
    csv = "csv"
    json = "json"
    markdown = "markdown"
    parquet = "parquet"


def fail(message: str, code: int = 1) -> typer.Exit:
    """Print an error for a person and give the exit to raise."""
    errors.print(message, style="red", markup=False, highlight=False)
    return typer.Exit(code)


def write_result(result: pa.Table, form: Format, output: Path | None, shown_rows: int) -> None:
    """Write a result to the screen or to a file.

    Raises `typer.Exit` where Parquet, which is binary, would go to a screen.
    """
    if form is Format.table and output is None:
        print_table(result, shown_rows)
        return
    if form is Format.parquet:
        if output is None and sys.stdout.isatty():
            raise fail("Parquet is binary: name a file with --output FILE, or send it on with >.")
        import pyarrow.parquet as pq

        pq.write_table(result, output or sys.stdout.buffer)
        return
    text = _text(result, form)
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def without_formulas(result: pa.Table) -> pa.Table:
    """Put an apostrophe before each text that a spreadsheet would run; numbers stay as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for index, field in enumerate(result.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            column = result.column(index)
            quoted = pc.binary_join_element_wise("'", column, "")
            is_formula = pc.match_substring_regex(column, FORMULA)
            result = result.set_column(index, field, pc.if_else(is_formula, quoted, column))
    return result


def _text(result: pa.Table, form: Format) -> str:
    if form is Format.csv:
        import pandas as pd

        return str(result.to_pandas(types_mapper=pd.ArrowDtype).to_csv(index=False, lineterminator="\n"))
    if form is Format.json:
        # Not through pandas, which rounds to 15 digits: these figures keep every bit.
        return json.dumps(result.to_pylist(), indent=2, ensure_ascii=False, default=str) + "\n"
    from tabulate import tabulate

    rows = [[_shown(value) for value in row.values()] for row in result.to_pylist()]
    style = "github" if form is Format.markdown else "simple"
    sides = ["right" if _is_number(field) else "left" for field in result.schema]
    return tabulate(rows, headers=result.column_names, tablefmt=style, colalign=sides, disable_numparse=True) + "\n"


def print_table(result: pa.Table, shown_rows: int) -> None:
    """Draw a result as a table, figures aligned right, and say how many rows were left out.

    Only long texts wrap. Where the columns' names make the table too wide they are broken at their
    underscores.
    """
    rows = [[_shown(value) for value in row.values()] for row in result.slice(0, shown_rows).to_pylist()]
    widths = [max([len(row[i]) for row in rows], default=0) for i in range(result.num_columns)]
    needed = (
        sum(max(min(width, LONG_TEXT), len(name)) + 3 for width, name in zip(widths, result.column_names, strict=True))
        + 1
    )
    table = Table(header_style="bold")
    for field, width in zip(result.schema, widths, strict=True):
        name = field.name.replace("_", "_\n") if needed > console.width else field.name
        side: Literal["left", "right"] = "right" if _is_number(field) else "left"
        table.add_column(Text(name), justify=side, overflow="fold", no_wrap=width <= LONG_TEXT)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    left = result.num_rows - shown_rows
    if left > 0:
        console.print(
            f"{left} more rows; --rows {result.num_rows} shows them, --format csv gives them all.", style="dim"
        )


def print_rows(rows: list[dict[str, Any]]) -> None:
    """Draw rows, each from column name to value, as a table."""
    import pyarrow as pa

    print_table(pa.Table.from_pylist(rows), len(rows))


def _shown(value: object) -> str:
    """Show a figure with at most four decimals; the other formats keep every digit."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return str(value)


def _is_number(field: pa.Field) -> bool:
    import pyarrow as pa

    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(is_kind(field.type) for is_kind in kinds)


def command_name() -> str:
    """Name this program as the user can type it: `burdenshare`, or its path where it is not on PATH."""
    if shutil.which("burdenshare"):
        return "burdenshare"
    program = Path(sys.executable).with_name("burdenshare")
    return short_path(program)


def short_path(path: Path) -> str:
    """Show a path from here where it lies below, else in full."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, FileNotFoundError):
        # It lies elsewhere, or the folder that we stand in is gone: a report replaces its own.
        return str(path)
