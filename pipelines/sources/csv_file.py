"""Read CSV files of ours into Arrow, blanks as null: people write them, so what is wrong is told by file and row."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv


def read_csv(path: Path, kinds: Mapping[str, pa.DataType] | None = None) -> pa.Table:
    """Read the columns that `kinds` names, as of these types, or all as text.

    Raises `ValueError` that names the file where it is no such CSV.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            names = next(csv.reader(lines), [])
        return pyarrow.csv.read_csv(
            path,
            # One thread, which knows the number of a row that is wrong.
            read_options=pyarrow.csv.ReadOptions(use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=kinds or dict.fromkeys(names, pa.string()),
                include_columns=list(kinds or names),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except (ValueError, KeyError) as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from error
