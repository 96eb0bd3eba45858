"""Write results in the forms that other programs read, to standard output or to a file."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import fail, print_table
from .screen import write

if TYPE_CHECKING:
    import pyarrow as pa

# What makes a spreadsheet take a text for a formula: OWASP's list, with white space before it as well.
FORMULA = tuple("=+-@\t\r")


class Format(StrEnum):
    """The forms in which a result can be printed."""

    table = "table"
    csv = "csv"
    json = "json"
    markdown = "markdown"
    parquet = "parquet"
    xlsx = "xlsx"


BINARY = {Format.parquet, Format.xlsx}
ENDINGS = {
    ".txt": Format.table,
    ".csv": Format.csv,
    ".json": Format.json,
    ".md": Format.markdown,
    ".parquet": Format.parquet,
    ".xlsx": Format.xlsx,
}

FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format", "-f", metavar="FORM", help=f"How to print: {', '.join(Format)}; else as --output ends, or a table."
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help=f"File to write; its ending says how: {', '.join(ENDINGS)}."),
]


def choose_format(form: Format | None, output: Path | None, for_excel: bool = False) -> Format:
    """Choose how to write a result, before anything is asked; raises `typer.Exit` where it could not be written."""
    form = form or (Format.csv if for_excel and (output is None or not output.suffix) else None)
    if output is not None:
        _require_place(output)
        form = form or ENDINGS.get(output.suffix.lower())
        if form is None:
            raise fail(
                f"{output} does not say in which form: end it in {', '.join(ENDINGS)}, or name one with --format."
            )
    elif form in BINARY and sys.stdout.isatty():
        raise fail(f"{form} is binary: name a file with --output FILE.{form}, or send it on with >.")
    form = form or Format.table
    if for_excel and form is not Format.csv:
        raise fail(f"--excel is for CSV, and this is {form}; .xlsx opens in Excel as it is.")
    return form


def _require_place(output: Path) -> None:
    if output.is_dir():
        raise fail(f"{output} is a folder; name a file in it, such as {output / 'result.csv'}.")
    if not output.parent.is_dir():
        raise fail(f"There is no folder {output.parent}; make it first (mkdir -p {output.parent}), or name another.")


def write_result(
    result: pa.Table,
    form: Format,
    output: Path | None,
    *,
    release: Path,
    asked: str,
    shown_rows: int | None = None,
    for_excel: bool = False,
) -> None:
    """Write a result to the screen or to a file; a workbook tells of which release it is, and what was asked.

    Raises `typer.Exit` where the form cannot hold it, or the file cannot be written.
    """
    from ...reading.results import CannotHold

    if form is Format.table and output is None:
        print_table(result, result.num_rows if shown_rows is None else shown_rows)
        return
    try:
        content = _encoded(result, form, release, asked, for_excel)
    except CannotHold as error:
        raise fail(str(error)) from error
    if output is None:
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            write(content)
        return
    with _sentences(output):
        _store(output, content if isinstance(content, bytes) else content.encode())


@contextmanager
def _sentences(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise fail(f"{output} cannot be written: {error.strerror}. Name a file elsewhere.") from error


def _store(output: Path, content: bytes) -> None:
    """Write a file whole; what is no file, such as /dev/stdout or a pipe, as it comes."""
    from ...files.whole import write_bytes

    target = output.resolve()
    in_place = target.exists() and (not target.is_file() or not os.access(target.parent, os.W_OK))
    if in_place or output.is_symlink() and not target.parent.is_dir():
        output.write_bytes(content)
        return
    if target.exists() and not os.access(target, os.W_OK):
        # A rename would put another file in the place of one that its owner protected.
        raise PermissionError(13, os.strerror(13), str(output))
    write_bytes(target, content)


def _encoded(result: pa.Table, form: Format, release: Path, asked: str, for_excel: bool) -> str | bytes:
    from ...reading import results

    result = results.with_unique_names(result)
    match form:
        case Format.json:
            # Every bit of a figure is kept: no rounding here.
            return json.dumps(results.json_rows(result), indent=2, ensure_ascii=False) + "\n"
        case Format.csv:
            return _csv(result, for_excel)
        case Format.markdown:
            return _markdown(result)
        case Format.parquet:
            import pyarrow.parquet as pq

            stream = io.BytesIO()
            pq.write_table(results.storable(result), stream)
            return stream.getvalue()
        case Format.xlsx:
            from ...reading.about import about
            from .spreadsheet import workbook

            return workbook(result, about(release, result, asked))
        case Format.table:
            return _text_table(result)


def _csv(result: pa.Table, for_excel: bool) -> str:
    """Write CSV with every digit; for Excel with the mark by which it knows UTF-8, and no text that it would run."""
    from ...reading.results import plain_columns

    rows = zip(*plain_columns(result), strict=True) if result.num_columns else ()
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    if not for_excel:
        writer.writerow(result.column_names)
        writer.writerows([_csv_value(value) for value in row] for row in rows)
        return text.getvalue()
    writer.writerow(map(without_formula, result.column_names))
    writer.writerows([without_formula(_csv_value(value)) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()


def _csv_value(value: object) -> object:
    return f"{value:f}" if isinstance(value, Decimal) else value


def without_formula(value: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would run; numbers stay as they are."""
    if isinstance(value, str) and (value.lstrip(" \n\v\f") or " ").startswith(FORMULA):
        return f"'{value}"
    return value


def _markdown(result: pa.Table) -> str:
    from .layout import as_columns

    columns = as_columns(result)
    lines = [[column.name for column in columns]]
    lines += [["---:" if column.is_number else "---" for column in columns]]
    lines += [list(row) for row in zip(*(column.cells for column in columns), strict=True)]
    # A bar in a value would end its cell.
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _text_table(result: pa.Table) -> str:
    """Draw a table for a file, which has no width."""
    from .layout import as_columns, lay_out

    if result.num_rows == 0:
        return "no rows\n"
    return "".join(f"{line.plain}\n" for line in lay_out(as_columns(result), sys.maxsize))
