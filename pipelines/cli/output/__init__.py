"""Print tables and messages for people, and results for other programs.

`screen` is how words reach a terminal, `layout` what of a table goes where, `export` and `spreadsheet`
the forms of files.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .screen import console, errors

if TYPE_CHECKING:
    import pyarrow as pa

    from .layout import Column

__all__ = ["command_name", "console", "errors", "fail", "print_labelled", "print_rows", "print_table", "short_path"]

# DuckDB's drawing of a plan is no table.
PLAN = ["explain_key", "explain_value"]


def fail(message: str, code: int = 1) -> typer.Exit:
    """Print an error for a person and give the exit to raise."""
    errors.print(message, style="red", markup=False, highlight=False)
    return typer.Exit(code)


def print_table(result: pa.Table, shown_rows: int) -> None:
    """Draw a result as a table, or as blocks where it is too wide, and say how many rows were left out."""
    from .layout import as_columns

    if result.column_names == PLAN:
        console.print(*result.column(PLAN[-1]).to_pylist(), markup=False, highlight=False, no_wrap=True)
        return
    _draw(as_columns(result.slice(0, shown_rows)) if result.num_rows else [])
    left = result.num_rows - shown_rows
    if left > 0:
        console.print(
            f"{left} more rows; --rows {result.num_rows} shows them, --format csv gives them all.", style="dim"
        )


def print_rows(rows: list[dict[str, Any]]) -> None:
    """Draw rows, each from column name to value, as a table."""
    from .layout import columns_of

    _draw(columns_of(rows))


def _draw(columns: list[Column]) -> None:
    from .layout import lay_out

    if not columns:
        console.print("no rows")
    for line in lay_out(columns, console.width) if columns else ():
        console.print(line, no_wrap=True, overflow="ignore")


def print_labelled(label: str, text: str, indent: int) -> None:
    """Print a line behind a label, folded under itself: `indent` columns go to the label."""
    folded = textwrap.wrap(text, max(20, console.width - indent), break_long_words=False, break_on_hyphens=False)
    line = f"  {label:<{indent - 2}}" + f"\n{' ' * indent}".join(folded)
    console.print(line, markup=False, highlight=False)


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
