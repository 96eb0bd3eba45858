"""The notebook of docs/: run cell by cell, as a person does."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import pipelines
from pipelines.places import PROJECT

CELLS = json.loads((PROJECT / "docs/notebook.ipynb").read_text(encoding="utf-8"))["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def shown(settings, release) -> Iterator[list[Any]]:
    """Run every cell but the one that installs, and give what the last line of each shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BURDENSHARE_WAREHOUSE", str(settings.warehouse))
        patch.setitem(sys.modules, "burdenshare", pipelines)
        names: dict[str, Any] = {}
        found = []
        for cell in CODE[1:]:
            *before, last = ast.parse(cell).body
            assert isinstance(last, ast.Expr), f"this cell shows nothing: {cell}"
            exec(compile(ast.Module(before, []), "notebook", "exec"), names)
            found.append(eval(compile(ast.Expression(last.value), "notebook", "eval"), names))
        yield found


def test_ten_lines_lead_from_install_to_a_chart(shown):
    lines = [line for cell in CODE[:2] for line in cell.splitlines() if line.strip()]
    assert CODE[0].startswith("%pip install") and "burdenshare" in CODE[0]
    assert len(lines) <= 10 and shown[0] is not None
    chart = shown[0].to_dict()
    (rows,) = chart["datasets"].values()
    assert {row["entity_code"] for row in rows} == {"POL", "DEU", "USA"}
    # Altair takes a field that is not there for an empty one: each must have values.
    fields = [channel["field"] for channel in chart["encoding"].values()]
    assert all(any(row[field] is not None for row in rows) for field in fields)


def test_its_other_cells_answer(shown):
    value, unit, origins = shown[1]
    assert value > 0 and unit == "percent" and all(origin.cell and origin.sha256 for origin in origins)
    verdicts = shown[2]
    assert isinstance(verdicts, pd.DataFrame) and {"holds", "differs"} <= set(verdicts.verdict)
