"""Every figure leads to the cells that it was computed from, and to no others."""

import math
from itertools import product

import duckdb
import pytest

from pipelines.models.provenance import SUFFIX, with_companions
from pipelines.models.tables import table_path
from pipelines.reading.current import current_release
from pipelines.reading.explain import CannotExplain, Lineage, read_models
from pipelines.reading.leaves import find_leaves


@pytest.fixture(scope="module")
def lineage(settings, release) -> Lineage:
    return Lineage(current_release(settings))


def _cells(figure) -> list[str]:
    return [leaf.origin.cell for leaf in figure.leaves()]


def test_growth_comes_from_two_cells(lineage):
    figure = lineage.explain("fct_growth", ("nato-2024-06", "NATO_EUR_CAN", "2024"), "real_growth_pct")
    assert _cells(figure) == ["TABLE2!N76", "TABLE2!M76"]
    now, before = (leaf.value for leaf in figure.leaves())
    assert figure.value == pytest.approx(100 * (now / before - 1))
    assert figure.formula[0] == "real_growth_pct = 100 * (expenditure_constant_usd_m / constant_usd_before - 1)"
    origin = next(figure.leaves()).origin
    assert origin.file == "240617-def-exp-2024-TABLES-en.xlsx" and origin.sha256.startswith("1897e2ea")
    assert (origin.label, origin.header) == ("NATO Europe and Canada", "2024e")


def test_like_for_like_growth_comes_from_the_members_of_both_years(lineage, release):
    figure = lineage.explain("fct_growth", ("nato-2024-06", "NATO_EUR_CAN", "2024"), "like_for_like_growth_pct")
    leaves = list(figure.leaves())
    codes = {leaf.keys["entity_code"] for leaf in leaves}
    members = release.execute(
        "select entity_code from dim_group_member join dim_ally using (entity_code) "
        "where group_code = 'NATO_EUR_CAN' and first_year < 2024 and has_armed_forces"
    ).fetchall()
    assert codes == {code for (code,) in members} and "SWE" not in codes
    total = {
        year: math.fsum(leaf.value for leaf in leaves if leaf.keys["period"] == str(year)) for year in (2023, 2024)
    }
    assert figure.value == pytest.approx(100 * (total[2024] / total[2023] - 1))


def test_a_few_figures_at_once_come_from_the_cells_of_each(settings, lineage):
    """Their queries are told which keys are wanted, and a rank still is one among all."""
    wanted = {
        ("fct_growth", "like_for_like_growth_pct"): "nato-2024-06|NATO_EUR_CAN|2024",
        ("fct_growth_contribution", "contribution_pp"): "nato-2026-07|NATO_EUR_CAN|DEU|2025",
        ("fct_target_compliance", "rank_in_year"): "nato-2025-08|POL|2024|gdp_2",
        ("fct_path_to_target", "trend_real_growth_pct"): "nato-2026-07|ITA|core_3_5|last five years",
    }
    at_once = Lineage(current_release(settings))
    for table, column, found in find_leaves(at_once, {cell: {keys} for cell, keys in wanted.items()}):
        ((keys, leaves),) = found.items()
        assert keys == wanted[table, column]
        alone = lineage.explain(table, tuple(keys.split("|")), column)
        alone = {(leaf.table, leaf.column, *leaf.keys.values()) for leaf in alone.leaves()}
        assert {_keys(at_once, *at_once.meant(leaf)) for leaf in leaves} == alone


def _keys(lineage, table, column, row):
    return table, column, *lineage.rows_at(table, lineage.models[table]["grain"], [row])[row].values()


def test_a_chain_comes_from_every_change(lineage):
    figure = lineage.explain("fct_growth", ("nato-2025-08", "POL", "2020"), "cumulative_real_growth_pct")
    leaves = list(figure.leaves())
    assert [leaf.keys["period"] for leaf in leaves] == [str(year) for year in range(2015, 2021)]
    assert all(leaf.origin.source_kind == "transcription" and leaf.origin.cell is None for leaf in leaves)
    assert figure.value == pytest.approx(100 * (math.prod(1 + leaf.value / 100 for leaf in leaves) - 1))


def test_a_share_takes_the_branch_of_its_price_basis(lineage):
    for basis, cells in (("constant", ["TABLE2!N75", "TABLE2!N77"]), ("current", ["TABLE2!N41", "TABLE2!N43"])):
        figure = lineage.explain("fct_contribution_share", ("nato-2024-06", "USA", "2024", basis), "share_of_total_pct")
        assert _cells(figure) == cells


def test_a_count_comes_from_those_that_it_counts(lineage):
    figure = lineage.explain("compliance_count", ("nato-2024-06", "2024", "gdp_2"), "allies_meeting_recomputed")
    assert figure.value == 22 == len(figure.children)
    assert "SVK" not in {child.keys["entity_code"] for child in figure.children}
    tables = {leaf.origin.table_id for leaf in figure.leaves()}
    assert {"2", "5"} <= tables and "3" not in tables


def test_a_claim_leads_to_the_basis_that_it_stands_on(lineage):
    figure = lineage.explain("fct_claim", ("sgar2024-us-share", "nato-2024-06"), "figure_value")
    assert _cells(figure) == ["TABLE2!N75", "TABLE2!N77"]
    assert figure.children[0].table == "fct_claim_reading"


def test_a_threshold_comes_from_its_seed(lineage):
    figure = lineage.explain("fct_target_compliance", ("nato-2024-06", "FRA", "2020", "gdp_2"), "threshold_pct")
    assert [leaf.origin.file for leaf in figure.leaves()] == ["warehouse/seeds/targets.csv"]


def test_published_cells_explain_themselves(lineage, release):
    rows = release.execute(
        "select publisher, edition_id, measure, unit, price_basis, entity_code, period, repeats, value, cell "
        "from fct_observation "
        "using sample 40 rows (reservoir, 7)"
    ).fetchall()
    for *keys, value, cell in rows:
        figure = lineage.explain(
            "fct_observation", tuple(str(key).lower() if isinstance(key, bool) else str(key) for key in keys), "value"
        )
        assert [(leaf.value, leaf.origin.cell) for leaf in figure.leaves()] == [(value, cell)]


def test_every_figure_of_every_fact_has_an_origin(lineage, release):
    """One row of each table, the last one, all its figures: each leads to a cell or a line of a seed."""
    for name, model in lineage.models.items():
        if not name.startswith("fct_"):
            continue
        grain = ", ".join(f"cast({key} as varchar)" for key in model["grain"])
        rows = release.execute(f"select {grain} from {name} order by {grain} desc limit 1").fetchall()
        # No edition that comes with the project has been replaced by a revision.
        assert rows or name == "fct_superseded_observation"
        for keys, column in product(rows, lineage.figure_columns(name)):
            figure = lineage.explain(name, keys, column)
            counted = column in WITHOUT_ORIGIN
            assert figure.value is None or counted or list(figure.leaves()), (name, keys, column)


def test_the_newest_figure_comes_from_the_one_edition_that_was_picked(lineage):
    """July 2026 starts in 2014, so what is known of 2013 is of June 2019."""
    real, nominal = (
        lineage.explain("latest_growth", ("POL", year), column)
        for year, column in (("2023", "real_growth_published_pct"), ("2013", "nominal_growth_usd_pct"))
    )
    assert {leaf.keys["edition_id"] for leaf in real.leaves()} == {"nato-2026-07"}
    assert {leaf.keys["edition_id"] for leaf in nominal.leaves()} == {"nato-2019-06"}


# What is counted or ranked by the rows' order and keys alone, or stands in the SQL as a constant.
WITHOUT_ORIGIN = {
    "allies_counted",
    "allies_for_50_pct",
    "allies_for_90_pct",
    "assumed_gdp_growth_pct",
    "editions_behind",
    "figures",  # of a warning: how many it speaks of
    "rule_threshold",
    "published_value",  # 100, where four categories should add to it
}


def test_the_rewriting_changes_no_figure(project, settings, report):
    """Every model, run in its rewritten form on companions, gives the rows that it gave before."""
    connection = duckdb.connect(config={"threads": 1})
    for name in project.order:
        contract = project.table(name).contract
        companions = [f"[1] as {c.name}{SUFFIX}" for c in contract.columns if c.name not in contract.grain]
        listed = ", ".join(["*", *companions])
        path = table_path(settings.tables, name)
        connection.execute(f"create view {name} as select {listed} from read_parquet('{path}')")
    for name, model in project.models.items():
        tables = {table: project.table(table).contract for table in model.depends_on}
        schema = {table: {c.name: c.type for c in contract.columns} for table, contract in tables.items()}
        sql, _ = with_companions(model.sql, schema, {table: contract.grain for table, contract in tables.items()})
        columns = ", ".join(c.name for c in model.contract.columns)
        differing = connection.execute(
            f"(select {columns} from ({sql}) except select {columns} from {name}) union all "
            f"(select {columns} from {name} except select {columns} from ({sql}))"
        ).fetchall()
        assert differing == [], name


@pytest.mark.parametrize(
    ("table", "keys", "column", "words"),
    [
        ("fct_nothing", (), "x", "fct_growth"),
        ("fct_growth", ("nato-2024-06",), "real_growth_pct", "EDITION_ID ENTITY_CODE YEAR"),
        ("fct_growth", ("nato-2024-06", "UTO", "2024"), "real_growth_pct", "entity_code is one of ALB"),
        ("fct_growth", ("nato-2024-06", "POL", "2024"), "nothing", "real_growth_pct"),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(lineage, table, keys, column, words):
    with pytest.raises(CannotExplain, match=words):
        lineage.explain(table, keys, column)


def test_a_release_without_lineage_says_so(tmp_path):
    with pytest.raises(CannotExplain, match="build once more"):
        read_models(tmp_path)


def test_a_formula_keeps_together_what_a_cast_held_together(lineage):
    """`100 * cast(a - b as double) / c` is `100 * (a - b) / c`, and not another figure."""
    contribution = lineage.formula("fct_growth_contribution", "contribution_pp")[0]
    assert "100 * (stg_nato_figure.expenditure_constant_usd_m - before_usd_m) / " in contribution
    change = lineage.formula("fct_revision", "relative_change_pct")
    assert any(
        "(value - earlier_value) / NULLIF(ABS(earlier_value), 0)" in line.replace("stg_nato_change.", "")
        for line in change
    ), change
