"""Workbooks in the layouts of 2025 and 2026, written from the embedded figures, must read back equal."""

import pandas as pd
import pytest

from pipelines.sources.parser import parse_workbook
from pipelines.sources.workbook import open_workbook
from tests.workbooks import modern_workbook, read_figures, save

COMPARED = [
    "table_id",
    "measure",
    "price_basis",
    "price_base_year",
    "unit",
    "entity_code",
    "period",
    "repeats",
    "status",
    "half_step",
    "value",
]


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[COMPARED].sort_values(COMPARED[:8]).reset_index(drop=True)


@pytest.mark.parametrize("core", [False, True], ids=["2025", "2026"])
@pytest.mark.parametrize("edition", ["nato-2024-06", "nato-2025-08", "nato-2026-07"])
def test_figures_read_back_equal(tmp_path, settings, entities, edition, core):
    figures = read_figures(settings.seeds, edition)
    path = save(modern_workbook(figures, core=core), tmp_path / "def-exp-en.xlsx")
    parsed = parse_workbook(open_workbook(path), edition, entities, set(figures["table_id"]))
    pd.testing.assert_frame_equal(_sorted(parsed), _sorted(figures))


def test_cells_name_sheet_and_address(tmp_path, settings, entities):
    figures = read_figures(settings.seeds, "nato-2026-07")
    path = save(modern_workbook(figures), tmp_path / "def-exp-2026-en.xlsx")
    parsed = parse_workbook(open_workbook(path), "nato-2026-07", entities, {"2", "3", "8a", "8b"})
    albania = parsed.query("table_id == '3' and measure == 'defence_share_of_gdp' and entity_code == 'ALB'")
    assert albania["cell"].tolist()[0] == "Table 3!B5"
    assert set(parsed["source_kind"]) == {"workbook"}
    assert albania["block"].iloc[0] == "Share of real GDP (%)"
    assert albania["header"].tolist()[-1] == "2026e"
