"""What a person sees who opens an asset: its meaning, its columns and their origins, what changed, a picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from urllib.parse import unquote

import dagster as dg
import pytest
import sqlglot
from sqlglot import exp
from sqlglot.lineage import lineage

from pipelines.models.checks import run_checks
from pipelines.models.column_lineage import column_lineage
from pipelines.models.project import Model
from pipelines.orchestration.assembly import assemble
from pipelines.orchestration.describe import check_result, with_cells
from pipelines.orchestration.instance import open_instance

DRAWN = ["fct_growth", "fct_target_compliance", "fct_contribution_share"]


@pytest.fixture(scope="module")
def metadata(settings, report, project):
    """Give what the last run of each table says of it."""
    with open_instance(settings) as instance:
        found = {name: instance.get_latest_materialization_event(dg.AssetKey(name)) for name in project.order}
    return {name: event.asset_materialization.metadata for name, event in found.items()}


def test_every_asset_says_what_it_is_who_owns_it_and_where_it_belongs(settings, project):
    graph = assemble(settings).resolve_asset_graph()
    for name in project.order:
        node = graph.get(dg.AssetKey(name))
        contract = project.table(name).contract
        assert node.group_name in {"sources", "staging", "dimensions", "facts"}, name
        assert node.owners and node.description, name
        assert node.code_version or not isinstance(project.table(name), Model), name
        assert node.metadata["grain"] == ", ".join(contract.grain) or node.metadata["grain"].value
        schema = node.metadata["dagster/column_schema"]
        columns = getattr(schema, "value", schema).columns
        assert [column.name for column in columns] == [column.name for column in contract.columns]
        assert all(column.description and column.type for column in columns), name


def test_the_last_run_tells_rows_years_editions_and_what_changed(metadata, release):
    said = metadata["fct_growth"]
    rows, first, last = release.execute("select count(*), min(year), max(year) from fct_growth").fetchall()[0]
    assert said["dagster/row_count"].value == rows
    assert (said["first year"].value, said["last year"].value) == (first, last)
    links = re.findall(r"\[(nato-[\d-]+)\]\((https://www\.nato\.int/\S+)\)", said["editions"].value)
    assert [edition for edition, _ in links] == ["nato-2019-06", "nato-2024-06", "nato-2025-08", "nato-2026-07"]
    share = release.execute("select 100 * avg(cast(is_estimate as double)) from fct_growth").fetchall()[0][0]
    assert said["estimates_pct"].value == pytest.approx(share, abs=0.01)
    assert said["what changed"].value and "real_growth_published_pct" in said["preview"].value


@pytest.mark.parametrize("name", DRAWN)
def test_the_facts_have_a_picture_that_is_one(metadata, name):
    for key in ("at a glance", "picture"):
        found = re.search(r"!\[(.+?)\]\(data:image/svg\+xml([^,]*),([^)]+)\)", metadata[name][key].value, re.S)
        assert found, (name, key, metadata[name][key].value[:200])
        title, coding, data = found.groups()
        svg = b64decode(data) if "base64" in coding else unquote(data).encode()
        assert ET.fromstring(svg).tag.endswith("svg") and len(title) > 10


def test_columns_are_traced_as_the_sql_library_traces_them(project):
    for name in project.order:
        model = project.table(name)
        # The library takes a union by name for one by position, and fails where the parts differ in length.
        if not isinstance(model, Model) or "by name" in model.sql:
            continue
        schema = {
            needed: {c.name: c.type for c in project.table(needed).contract.columns} for needed in model.depends_on
        }
        traced = column_lineage(project, model)
        assert set(traced) == {column.name for column in model.contract.columns}
        # The library walks the whole query for one column: every third one is asked, of each table others.
        for column, origins in list(traced.items())[len(name) % 3 :: 3]:
            theirs = set()
            for node in lineage(column, model.sql, schema=schema, dialect="duckdb").walk():
                if isinstance(node.expression, exp.Table) and not node.downstream:
                    theirs.add((node.expression.name, node.name.rpartition(".")[2].strip('"')))
            assert theirs <= set(origins), (name, column, theirs - set(origins))


def test_traced_columns_exist_and_the_published_growth_comes_from_a_cell(project, metadata):
    for name in project.order:
        model = project.table(name)
        if isinstance(model, Model):
            for origins in column_lineage(project, model).values():
                for table, column in origins:
                    assert column in {c.name for c in project.table(table).contract.columns}, (name, table, column)
    deps = metadata["fct_growth"]["dagster/column_lineage"].value.deps_by_column
    assert deps["real_growth_published_pct"] and sqlglot.__version__


def test_a_failing_check_carries_rows_cells_expectation_and_advice(settings, report, project, tmp_path, release):
    name, run = next((n, r) for n in project.order for r in run_checks(project, n, settings.tables) if r.check.advice)
    rows = release.execute("select edition_id, entity_code, year from fct_growth limit 2").df()
    failing = type(run)(**{**vars(run), "failures": 2, "sample": rows})
    result = check_result(failing, settings.tables)
    assert not result.passed
    assert result.metadata["expected"].value == run.check.description
    assert result.metadata["what to do"].value == run.check.advice
    shown = result.metadata["first failing rows"].value
    assert all(str(value) in shown for value in rows.iloc[0])


def test_cells_of_a_row_are_those_of_the_observations(settings, release):
    rows = release.execute(
        "select edition_id, entity_code, year from fct_growth where edition_id = 'nato-2024-06' "
        "and entity_code = 'POL' and year = 2023"
    ).df()
    wanted = {
        cell
        for (cell,) in release.execute(
            "select cell from fct_observation where edition_id = 'nato-2024-06' and entity_code = 'POL' and year = 2023"
        ).fetchall()
        if cell
    }
    (shown,) = with_cells(rows, settings.tables)["cells"]
    named = set(shown.partition(" and ")[0].split(", "))
    assert named and named <= wanted
