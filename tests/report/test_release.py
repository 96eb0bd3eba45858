"""What the pages ask the release for: NATO's editions, and rows that are not there."""

from __future__ import annotations

import json

import duckdb
import pytest

from pipelines.reading.explain import Lineage
from pipelines.releases.names import LINEAGE, MODELS
from pipelines.report.release import NOT_LISTED, Release

GRAINS = {"fct_growth": ["edition_id", "entity_code", "year"], "fct_target_compliance": ["edition_id", "target_id"]}


@pytest.fixture
def small(tmp_path):
    """Make a release of two publishers, the newest edition being the other's."""
    connection = duckdb.connect()
    connection.execute(
        "create table dim_edition as from (values ('nato-1', 'NATO', date '2025-01-01', true), "
        "('nato-2', 'NATO', date '2026-01-01', true), ('nato-3', 'NATO', date '2026-02-01', false), "
        "('other-1', 'Other', date '2026-03-01', true)) as t (edition_id, publisher, published_on, has_figures)"
    )
    connection.execute(
        "create table fct_growth as from (values ('nato-1', 'POL', 2024, false, 1.5), "
        "('nato-2', 'POL', 2024, false, 2.5), ('nato-2', 'POL', 2025, true, 3.5), ('nato-2', 'FIN', 2025, true, 4.5)) "
        "as t (edition_id, entity_code, year, is_estimate, real_growth_pct)"
    )
    connection.execute("create table fct_target_compliance (edition_id text, target_id text, compliance_status text)")
    connection.execute("create table dim_entity as select 'POL' as entity_code, 'Poland' as entity_name")
    (tmp_path / LINEAGE).mkdir()
    models = {name: {"grain": grain} for name, grain in GRAINS.items()}
    (tmp_path / LINEAGE / MODELS).write_text(json.dumps(models), encoding="utf-8")
    return Release(connection, {"id": "small"}, Lineage(tmp_path))


def test_the_report_is_of_natos_editions_with_figures(small):
    assert [edition["edition_id"] for edition in small.editions] == ["nato-2", "nato-1"]
    assert small.newest["edition_id"] == "nato-2" and small.newest["years"] == {2024: False, 2025: True}
    assert small.edition_before(small.newest)["edition_id"] == "nato-1"
    assert small.edition_names["other-1"] == "Other, March 2026" and small.edition_names["nato-3"] == "February 2026"


def test_a_row_that_no_edition_lists_bears_its_key_and_no_figure(small):
    absent = small.growth["nato-2", "FIN", 2024]
    assert absent["year"] == 2024 and absent["entity_code"] == "FIN" and absent["real_growth_pct"] is None
    assert small.growth.get(("nato-2", "FIN", 2024)) is None and ("nato-2", "FIN", 2024) not in small.growth
    assert small.compliance["nato-2", "gdp_2"]["compliance_status"] == NOT_LISTED


def test_a_series_has_the_years_in_which_it_is_listed(small):
    assert [row["year"] for row in small.series(small.newest, "FIN")] == [2025]
    assert small.series(small.newest, "MARS") == []


def test_who_is_not_named_bears_its_code(small):
    assert (small.names["POL"], small.names["MARS"]) == ("Poland", "MARS")
