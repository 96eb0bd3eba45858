"""Read CSV files of ours into Arrow, blanks as null: people write them, so what is wrong is told by file and line."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv


def read_texts(path: Path) -> pa.Table:
    """Read every column as text; a line that ends early has blanks.

    Raises `ValueError` where a line has more values than there are columns, or a quote has no end.
    """
    names: list[str] = []
    rows: list[list[str | None]] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        try:
            names = next(lines, [])
            for line in lines:
                if len(line) > len(names):
                    raise csv.Error(f"{len(line)} values, where {len(names)} columns are named")
                if line:
                    rows.append([value or None for value in line] + [None] * (len(names) - len(line)))
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(
                f"{path.name}, line {lines.line_num}: {error}. What to do: put a value that holds a comma in quotes, "
                "end every quote, and save the file as UTF-8."
            ) from error
    columns = [[row[place] for row in rows] for place in range(len(names))]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=names)


def read_typed(path: Path, kinds: Mapping[str, pa.DataType]) -> pa.Table:
    """Read the columns that `kinds` names, as of these types; raises `ValueError` where the file is no such CSV."""
    try:
        return pyarrow.csv.read_csv(
            path,
            # One thread, which knows the number of a row that is wrong.
            read_options=pyarrow.csv.ReadOptions(use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=kinds, include_columns=list(kinds), null_values=[""], strings_can_be_null=True
            ),
        )
    except (ValueError, KeyError) as error:
        raise ValueError(
            f"{path.name} cannot be read: {error}. What to do: mend that row, or take the file from the project again."
        ) from error
