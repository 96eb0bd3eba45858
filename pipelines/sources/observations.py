"""Define what an observation is, and read and write observations as tidy CSV.

One observation is one published cell: what it says, and where it stood. CSV is the form of the
seeds, because people read it and git shows its changes line by line.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

# The order is the order of reading: what it is, then the figure, then where it stood.
OBSERVATION_SCHEMA = pa.schema(
    [
        ("edition_id", pa.string()),
        ("table_id", pa.string()),
        ("measure", pa.string()),
        ("price_basis", pa.string()),
        ("price_base_year", pa.int32()),
        ("unit", pa.string()),
        ("currency_code", pa.string()),
        ("entity_code", pa.string()),
        ("year", pa.int32()),
        ("is_estimate", pa.bool_()),
        ("value", pa.float64()),
        ("marks", pa.string()),
        ("source_kind", pa.string()),
        ("block", pa.string()),
        ("label", pa.string()),
        ("header", pa.string()),
        ("cell", pa.string()),
    ]
)
COLUMNS = OBSERVATION_SCHEMA.names
KEY = ["edition_id", "table_id", "measure", "price_basis", "entity_code", "year"]
_DTYPES = {
    name: {"int32": "Int32", "bool": "boolean", "double": "float64"}.get(str(kind), "string")
    for name, kind in zip(OBSERVATION_SCHEMA.names, OBSERVATION_SCHEMA.types, strict=True)
}


def observation_frame(rows: list[dict]) -> pd.DataFrame:
    """Build a frame of observations with the schema's columns and types, in the given order."""
    return pd.DataFrame(rows, columns=COLUMNS).astype(_DTYPES)


def write_observations(frame: pd.DataFrame, path: Path) -> None:
    """Write observations as CSV; figures keep every bit (shortest text that reads back equal)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = frame[COLUMNS].assign(is_estimate=frame["is_estimate"].map({True: "true", False: "false"}))
    text.to_csv(path, index=False, lineterminator="\n")


def read_observations(path: Path) -> pd.DataFrame:
    """Read observations from CSV; figures come back bit for bit."""
    return pd.read_csv(path, dtype=_DTYPES, usecols=COLUMNS, na_values=[""], keep_default_na=False)[COLUMNS]


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """Turn observations into Arrow with the schema above."""
    return pa.Table.from_pandas(frame, schema=OBSERVATION_SCHEMA, preserve_index=False)
