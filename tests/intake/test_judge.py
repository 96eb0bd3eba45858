"""Workbooks whose figures contradict each other are refused, with the cells."""

import pandas as pd
import pytest

from pipelines.intake.ingest import ingest
from pipelines.intake.judge import outliers
from pipelines.sources.errors import SourceError
from tests.workbooks import modern_workbook, save

NAMES = {2024: "240910-def-exp-2024-TABLES-en.xlsx", 2025: "def-exp-2025-en.xlsx", 2026: "def-exp-2026-en.xlsx"}
EVERY_TABLE = [(2024, table) for table in ("1", "2", "3", "4", "5", "6", "7", "8a", "8b")] + [
    (2025, "3"),
    (2025, "7"),
    (2025, "8a"),
    (2026, "2"),
    (2026, "8b"),
]


def refusal_of(frame: pd.DataFrame, year: int, settings, project, folder) -> SourceError:
    path = save(modern_workbook(frame, core=year != 2025), folder / NAMES[year])
    with pytest.raises(SourceError) as refusal:
        ingest(path, settings, project)
    assert not settings.raw.exists()
    return refusal.value


@pytest.mark.parametrize(("year", "table"), EVERY_TABLE)
def test_rows_exchanged_and_scaled_are_found_in_every_table(empty, project, figures, tmp_path, year, table):
    frame = figures[year].copy()
    rows = {code: (frame["table_id"] == table) & (frame["entity_code"] == code) for code in ("BEL", "CZE", "POL")}
    names = {code: frame.loc[rows[code], ["entity_code", "label"]].iloc[0].tolist() for code in rows}
    frame.loc[rows["BEL"], ["entity_code", "label"]] = names["CZE"]
    frame.loc[rows["CZE"], ["entity_code", "label"]] = names["BEL"]
    frame.loc[rows["POL"], "value"] *= 1000
    refusal = refusal_of(frame, year, empty, project, tmp_path)
    told = [offender.found for offender in refusal.offenders if f"Table {table}!" in offender.place]
    exchanged, scaled = ("BEL", "CZE"), ("POL", "NATO")
    assert all(any(code in words for words in told for code in codes) for codes in (exchanged, scaled)), str(refusal)
    assert all(any(code in words for code in (*exchanged, *scaled)) for words in told)


@pytest.mark.parametrize(("table", "more"), [("1", 0.001), ("2", 0.01), ("3", 0.0001), ("7", 0.00001)])
def test_one_figure_written_more_exactly_does_not_make_the_rounded_ones_wrong(
    empty, project, figures, tmp_path, table, more
):
    frame = figures[2026].copy()
    cell = (frame["table_id"] == table) & (frame["entity_code"] == "POL") & (frame["year"] == 2020)
    frame.loc[cell, "value"] += more
    assert ingest(save(modern_workbook(frame), tmp_path / NAMES[2026]), empty, project).changes_figures


@pytest.mark.parametrize(
    ("table", "measure", "value", "expected"),
    [
        ("2", "defence_expenditure", -5.0, "no amount is negative"),
        ("8a", "equipment_share", 104.0, "a share lies between 0 and 100"),
        ("3", "real_growth", -101.0, "nothing shrinks by more than all of it"),
    ],
)
def test_impossible_figures_are_refused_with_their_cell(
    empty, project, figures, tmp_path, table, measure, value, expected
):
    frame = figures[2026].copy()
    cell = (frame["table_id"] == table) & (frame["measure"] == measure) & (frame["entity_code"] == "ITA")
    frame.loc[cell & (frame["year"] == 2019), "value"] = value
    refusal = refusal_of(frame, 2026, empty, project, tmp_path)
    found = [offender for offender in refusal.offenders if expected in offender.expected]
    assert found and found[0].place.startswith(f"Table {table}!") and "ITA in 2019" in found[0].found


def test_the_refusal_names_where_to_look_first(empty, project, figures, tmp_path):
    frame = figures[2024].copy()
    frame.loc[(frame["table_id"] == "5") & (frame["entity_code"] == "NOR"), "value"] *= 10
    refusal = refusal_of(frame, 2024, empty, project, tmp_path)
    assert "most of these meet in Table 5" in refusal.advice


def test_the_refusal_names_the_part_where_a_sum_is_wrong(empty, project, figures, tmp_path):
    """The relation that fails is the aggregate's; the figure that was scaled is an Ally's."""
    frame = figures[2024].copy()
    cell = (frame["table_id"] == "2") & (frame["price_basis"] == "current") & (frame["entity_code"] == "POL")
    frame.loc[cell & (frame["year"] == 2019), "value"] *= 1000
    refusal = refusal_of(frame, 2024, empty, project, tmp_path)
    assert "the outliers of its rows: TABLE2!" in refusal.advice.replace("Table 2!", "TABLE2!")
    assert "for POL in 2019" in refusal.advice and "NATO" not in refusal.advice.split("; compare")[0].split("POL")[0]


def test_there_are_no_outliers_in_what_nato_published(figures):
    assert {year: outliers(frame) for year, frame in figures.items()} == {year: [] for year in figures}


def test_nato_s_own_deviations_pass(empty, project, figures, tmp_path):
    """France 2020 is published as 2.00 although its spending gives 1.986: listed, not refused."""
    path = save(modern_workbook(figures[2024]), tmp_path / NAMES[2024])
    assert ingest(path, empty, project).outcome == "new edition"
