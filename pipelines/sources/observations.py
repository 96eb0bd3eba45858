"""Define what an observation is, and read and write observations as tidy CSV.

One observation is one published figure of one publisher: what it says, and where it stood. CSV is the
form of the seeds, because people read it and git shows its changes line by line; what follows from the
other columns (`DERIVED`) is left out of it and worked out again when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

# The order is the order of reading: whose it is, what it says, the figure, and where it stood. From
# `table_id` on stands what is told to people and never joined on.
OBSERVATION_SCHEMA = pa.schema(
    [
        ("publisher", pa.string()),
        ("edition_id", pa.string()),
        ("revision", pa.int32()),
        ("dataset", pa.string()),
        ("measure", pa.string()),
        ("unit", pa.string()),
        ("price_basis", pa.string()),
        ("price_base_year", pa.int32()),
        ("currency_code", pa.string()),
        ("entity_code", pa.string()),
        ("period", pa.string()),
        ("status", pa.string()),
        ("value", pa.float64()),
        ("half_step", pa.float64()),
        ("repeats", pa.bool_()),
        ("locator", pa.string()),
        ("label", pa.string()),
        ("header", pa.string()),
        ("table_id", pa.string()),
        ("block", pa.string()),
        ("marks", pa.string()),
        ("source_kind", pa.string()),
        ("cell", pa.string()),
    ]
)
COLUMNS = OBSERVATION_SCHEMA.names
KEY = ["edition_id", "measure", "unit", "price_basis", "entity_code", "period", "repeats"]
DERIVED = ("publisher", "revision", "dataset", "half_step", "locator")
WRITTEN = [name for name in COLUMNS if name not in DERIVED]
OUTTURN, ESTIMATE, UNCERTAIN = "outturn", "estimate", "uncertain"
# Half of the last digit of a figure that is printed with 0 to 4 decimals.
HALF_STEPS = (0.5, 0.05, 0.005, 0.0005, 0.00005)
# So many of the figures that are printed alike share their decimals; a few may be written more exactly.
NEARLY_ALL = 0.95
_DTYPES = {
    name: {"int32": "Int32", "bool": "boolean", "double": "float64"}.get(str(kind), "string")
    for name, kind in zip(OBSERVATION_SCHEMA.names, OBSERVATION_SCHEMA.types, strict=True)
}


def observation_frame(rows: Sequence[Mapping[str, object]], *, publisher: str, dataset: str) -> pd.DataFrame:
    """Build a frame of observations of one dataset, with the schema's columns and types, in the given order.

    Half steps are worked out where the rows have none, and locators; `revision` is empty until it is known which
    revision this is.
    """
    return _complete(pd.DataFrame(rows, columns=COLUMNS), publisher, dataset)


def write_observations(frame: pd.DataFrame, path: Path) -> None:
    """Write observations as CSV; figures keep every bit (shortest text that reads back equal)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = frame[WRITTEN].assign(repeats=frame["repeats"].map({True: "true", False: "false"}))
    text.to_csv(path, index=False, lineterminator="\n")


def read_observations(path: Path, *, publisher: str, dataset: str) -> pd.DataFrame:
    """Read observations from CSV; figures come back bit for bit."""
    kinds = {name: _DTYPES[name] for name in WRITTEN}
    frame = pd.read_csv(path, dtype=kinds, usecols=WRITTEN, na_values=[""], keep_default_na=False)
    return _complete(frame.reindex(columns=COLUMNS), publisher, dataset)


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """Turn observations into Arrow with the schema above."""
    return pa.Table.from_pandas(frame[COLUMNS], schema=OBSERVATION_SCHEMA, preserve_index=False)


def half_step(values: pd.Series) -> float:
    """Return half of the last digit of figures that are printed alike: by the fewest decimals that nearly all share.

    A few that are written more exactly (a corrected cell) do not make the others exact. 0 where they share no number
    of decimals up to four, which is to say that they are not rounded.
    """
    figures = values.to_numpy(dtype=float)
    for decimals, half in enumerate(HALF_STEPS):
        if np.mean(figures == np.rint(figures * 10.0**decimals) / 10.0**decimals) >= NEARLY_ALL:
            return half
    return 0.0


def _complete(frame: pd.DataFrame, publisher: str, dataset: str) -> pd.DataFrame:
    frame = frame.assign(publisher=publisher, dataset=dataset).astype(_DTYPES)
    alike = frame.groupby(["edition_id", "table_id", "measure", "unit", "price_basis"], dropna=False)["value"]
    frame["half_step"] = frame["half_step"].fillna(alike.transform(half_step))
    frame["locator"] = frame["cell"].fillna(_row_and_column(frame))
    return frame


def _row_and_column(frame: pd.DataFrame) -> pd.Series:
    """Name the places of figures that stand in no cell: table, block, row and column."""
    table = ("Table " + frame["table_id"] + ", ").fillna("")
    block = (frame["block"] + ", ").fillna("")
    return table + block + frame["label"] + ", " + frame["header"]
