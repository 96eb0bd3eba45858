"""Define what an observation is, and read and write observations as tidy CSV.

One observation is one published figure of one publisher: what it says, and where it stood. CSV is the
form of the seeds, because people read it and git shows its changes line by line; what follows from the
other columns (`DERIVED`) is left out of it and worked out again when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .csv_file import read_typed

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
# How a frame holds what may be missing.
_DTYPES = {pa.string(): pd.StringDtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}
# What is printed alike within an edition has the same half step.
_PRINTED_ALIKE = ("edition_id", "table_id", "measure", "unit", "price_basis")


def observation_frame(rows: Sequence[Mapping[str, object]], *, publisher: str, dataset: str) -> pd.DataFrame:
    """Build a frame of observations of one dataset, with the schema's columns and types, in the given order.

    Half steps are worked out where the rows have none, and locators; `revision` is empty until it is known which
    revision this is.
    """
    return to_frame(_complete(pa.Table.from_pylist(list(rows), schema=OBSERVATION_SCHEMA), publisher, dataset))


def write_observations(frame: pd.DataFrame, path: Path) -> None:
    """Write observations as CSV; figures keep every bit (shortest text that reads back equal)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = frame[WRITTEN].assign(repeats=frame["repeats"].map({True: "true", False: "false"}))
    text.to_csv(path, index=False, lineterminator="\n")


def read_observations(path: Path, *, publisher: str, dataset: str) -> pa.Table:
    """Read observations from CSV; figures come back bit for bit. Raises `ValueError` where it is no such CSV."""
    kinds = {name: OBSERVATION_SCHEMA.field(name).type for name in WRITTEN}
    written = read_typed(path, kinds)
    missing = {name: pa.nulls(len(written), OBSERVATION_SCHEMA.field(name).type) for name in DERIVED}
    columns = [missing[name] if name in missing else written[name] for name in COLUMNS]
    return _complete(pa.table(columns, schema=OBSERVATION_SCHEMA), publisher, dataset)


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """Turn observations into Arrow with the schema above."""
    return pa.Table.from_pandas(frame[COLUMNS], schema=OBSERVATION_SCHEMA, preserve_index=False)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Turn observations into pandas, with types that know what is missing."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=_DTYPES.get)
    return frame


def half_step(figures: npt.NDArray[np.float64]) -> float:
    """Return half of the last digit of figures that are printed alike: by the fewest decimals that nearly all share.

    A few that are written more exactly (a corrected cell) do not make the others exact. 0 where they share no number
    of decimals up to four, which is to say that they are not rounded.
    """
    for decimals, half in enumerate(HALF_STEPS):
        if np.mean(figures == np.rint(figures * 10.0**decimals) / 10.0**decimals) >= NEARLY_ALL:
            return half
    return 0.0


def _complete(table: pa.Table, publisher: str, dataset: str) -> pa.Table:
    """Fill in whose observations they are, and half steps and locators where they have none."""
    known = {"publisher": pa.repeat(publisher, len(table)), "dataset": pa.repeat(dataset, len(table))}
    known["half_step"] = pc.coalesce(table["half_step"], _half_steps(table))
    known["locator"] = pc.coalesce(table["cell"], _row_and_column(table)) if table["cell"].null_count else table["cell"]
    return pa.table([known.get(name, table[name]) for name in COLUMNS], schema=OBSERVATION_SCHEMA)


def _half_steps(table: pa.Table) -> pa.Array:
    """Work out each figure's half step from those that are printed alike."""
    alike = np.zeros(len(table), dtype=np.int64)
    for name in _PRINTED_ALIKE:
        coded = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
        alike = alike * (len(coded.dictionary) + 1) + coded.indices.to_numpy()
    figures, groups = table["value"].to_numpy(), np.unique(alike, return_inverse=True)[1]
    steps = np.zeros(len(table))
    for group in range(groups.max(initial=-1) + 1):
        mine = groups == group
        steps[mine] = half_step(figures[mine])
    return pa.array(steps)


def _row_and_column(table: pa.Table) -> pa.ChunkedArray:
    """Name the places of figures that stand in no cell: table, block, row and column."""
    table_id = pc.coalesce(pc.binary_join_element_wise("Table ", table["table_id"], ", ", ""), "")
    block = pc.coalesce(pc.binary_join_element_wise(table["block"], ", ", ""), "")
    return pc.binary_join_element_wise(table_id, block, table["label"], ", ", table["header"], "")
