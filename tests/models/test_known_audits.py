"""The audits of what was known when find a row whose figures do not belong together, and pass the rows of a build."""

import duckdb
import pytest

from pipelines.models.tables import connect, register
from pipelines.models.trees import table_names

# In each view one figure of one row is exchanged: audit, view, column, what stands in its place.
EXCHANGES = [
    ("known_growth_belongs_together", "growth_known", "nominal_growth_lcu_pct", "nominal_growth_lcu_pct - 8.2"),
    ("known_growth_belongs_together", "growth_known", "accession_effect_pp", "accession_effect_pp + 0.001"),
    ("known_growth_belongs_together", "growth_known", "price_base_year", "1999"),
    ("known_growth_belongs_together", "growth_known", "average_real_growth_pct", "average_real_growth_pct + 0.001"),
    ("known_growth_belongs_together", "growth_known", "like_for_like_is_estimate", "not like_for_like_is_estimate"),
    ("known_shares_belong_together", "contribution_share_known", "burden_gap_pp", "burden_gap_pp + 0.001"),
    ("known_shares_belong_together", "contribution_share_known", "gdp_usd_m", "gdp_usd_m * 1.0001"),
    ("known_shares_belong_together", "contribution_share_known", "edition_id", "'another'"),
    ("known_compliance_belongs_together", "target_compliance_known", "gap_constant_usd_m", "7.5 - gap_constant_usd_m"),
    ("known_compliance_belongs_together", "target_compliance_known", "gap_current_usd_m", "-1 - gap_current_usd_m"),
    (
        "known_compliance_belongs_together",
        "target_compliance_known",
        "gap_current_source",
        "case when gap_pp * gap_current_usd_m < 0 then 'derived' end",
    ),
    (
        "known_compliance_belongs_together",
        "target_compliance_known",
        "meets_target_current",
        "not meets_target_current",
    ),
    ("known_compliance_belongs_together", "target_compliance_known", "meets_target", "not meets_target"),
    ("known_compliance_belongs_together", "compliance_count", "allies_meeting", "allies_meeting_high + 1"),
    (
        "known_burden_per_head_belongs_together",
        "burden_per_head_known",
        "population_thousand",
        "population_thousand * 1.0001",
    ),
    ("known_contributions_belong_together", "growth_contribution_known", "contribution_pp", "contribution_pp + 0.001"),
]


@pytest.fixture(scope="module")
def tables(settings, project, release) -> duckdb.DuckDBPyConnection:
    """Give the tables of the build, under their names, with the views that the audits read."""
    connection = connect()
    register(connection, settings.tables, list(project.models))
    for audit, *_ in EXCHANGES:
        for view in table_names(project.audits[audit].sql) & project.views.keys():
            connection.execute(f"create or replace temp view {view} as {project.view_of_tables(view).sql}")
    return connection


@pytest.mark.parametrize("audit", sorted({audit for audit, *_ in EXCHANGES}))
def test_nothing_of_the_build_is_wrong(tables, project, audit):
    assert tables.execute(project.audits[audit].sql).fetchall() == []


@pytest.mark.parametrize(("audit", "view", "column", "instead"), EXCHANGES)
def test_one_figure_that_is_not_of_its_row_is_found(tables, project, audit, view, column, instead):
    tables.execute(f"create or replace temp table whole as select *, row_number() over () as place from {view}")
    # The last row in which the figure could be wrong: nothing stands in for what is missing.
    (place,) = tables.execute(f"select max(place) from whole where ({instead}) <> {column}").fetchall()[0]
    broken = f"select * replace (case when place = {place} then {instead} else {column} end as {column}) from whole"
    query = (
        f"with {view} as (select * exclude (place) from ({broken})), asked as ({project.audits[audit].sql}) from asked"
    )
    assert len(tables.execute(query).fetchall()) > 0
