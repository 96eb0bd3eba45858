"""Prove what headers say of editions: a model's rows of an edition come out the same from fewer editions."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.models.by_edition import has_editions
from pipelines.models.parts import Model
from pipelines.models.project import Project, read_project
from pipelines.models.tables import table_path
from pipelines.settings import PROJECT, Settings

PROJECT_READ = read_project(PROJECT / "sql", Settings(PROJECT / "warehouse").seeds)
DECLARED = sorted(name for name, model in PROJECT_READ.models.items() if model.by_edition)


# Tables that are empty as long as nobody makes a mistake, each with an input in which somebody made some.
SWAPPED = """
    select * replace (case measure
        when 'equipment_share' then 'personnel_share'
        when 'personnel_share' then 'equipment_share'
        else measure
    end as measure)
    from rows where year = 2018
    union all
    select * from rows where year <> 2018
"""
MISTAKES = {
    "stg_nato_pattern_of_years": ("stg_nato_observation", SWAPPED),
    "stg_nato_pattern": ("stg_nato_change", "select * replace (10 * value as value, 1 as distance) from rows"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_so_do_rows_that_only_mistakes_make(built: Project, settings: Settings, name: str):
    model = built.models[name]
    made = [
        made_of(built, settings, model, edition, MISTAKES[name])
        for edition in (None, *editions_of(settings, built.models["stg_nato_observation"]))
    ]
    assert sorted(made[0]) == sorted(row for rows in made[1:] for row in rows) != []


@pytest.mark.parametrize("name", DECLARED)
def test_rows_of_an_edition_stand_on_what_the_header_says(built: Project, settings: Settings, name: str):
    model = built.models[name]
    assert [edition for edition in editions_of(settings, model) if differs(built, settings, model, edition)] == []


def test_a_table_that_looks_at_later_editions_is_found_out(built: Project, settings: Settings):
    model = built.models["stg_publisher_newest"]
    assert not model.by_edition
    assert any(differs(built, settings, model, edition) for edition in editions_of(settings, model))


def test_most_rows_stand_in_tables_that_are_kept_by_edition(built: Project, settings: Settings):
    rows = {name: rows_of(table_path(settings.tables, name)) for name, m in built.models.items() if has_editions(m)}
    assert sum(rows[name] for name in DECLARED) > 0.8 * sum(rows.values())


@pytest.fixture
def built(report, project: Project) -> Project:
    """Give the project of the built warehouse."""
    return project


def rows_of(path: Path) -> int:
    return duckdb.sql(f"select count(*) from read_parquet('{path}')").fetchall()[0][0]


def editions_of(settings: Settings, model: Model) -> list[str]:
    """Name the editions of a table in the order of their days."""
    path, registry = (table_path(settings.tables, name) for name in (model.name, "source_edition"))
    found = duckdb.sql(
        f"select edition_id from read_parquet('{registry}') where edition_id in "
        f"(select edition_id from read_parquet('{path}')) order by published_on, edition_id"
    ).fetchall()
    return [edition for (edition,) in found]


def differs(project: Project, settings: Settings, model: Model, edition: str) -> bool:
    """Make a model's rows of an edition from as few editions as its header asks for, and hold them against its table.

    Sums may differ in their last bits, since the planner may turn a join round.
    """
    registry = table_path(settings.tables, "source_edition")
    earlier = (
        f"select other.edition_id from read_parquet('{registry}') as other, read_parquet('{registry}') as own "
        f"where own.edition_id = '{edition}' and other.publisher = own.publisher "
        "and other.published_on <= own.published_on"
    )
    known = earlier if model.by_edition == "with_earlier" else f"select '{edition}'"
    with duckdb.connect(config={"threads": 1}) as connection:
        for name in model.depends_on:
            where = f"where edition_id in ({known})" if has_editions(project.table(name)) else ""
            path = table_path(settings.tables, name)
            connection.execute(f"create view {name} as select * from read_parquet('{path}') {where}")
        connection.execute(f"create table made as select * from ({model.sql}) where edition_id = '{edition}'")
        path = table_path(settings.tables, model.name)
        connection.execute(f"create view kept as select * from read_parquet('{path}') where edition_id = '{edition}'")
        return bool(connection.execute(unlike(model)).fetchall())


def made_of(
    project: Project, settings: Settings, model: Model, edition: str | None, mistake: tuple[str, str]
) -> list[tuple]:
    """Make a model's rows from an edition alone, or from all, where one input has mistakes; without its figures."""
    words = [column.name for column in model.contract.columns if column.type != "DOUBLE"]
    with duckdb.connect(config={"threads": 1}) as connection:
        for name in model.depends_on:
            where = f"where edition_id = '{edition}'" if edition and has_editions(project.table(name)) else ""
            rows = f"select * from read_parquet('{table_path(settings.tables, name)}') {where}"
            query = f"with rows as ({rows}) {mistake[1]}" if name == mistake[0] else rows
            connection.execute(f"create view {name} as {query}")
        return [
            tuple(map(str, row))
            for row in connection.execute(f"select {', '.join(words)} from ({model.sql})").fetchall()
        ]


def unlike(model: Model) -> str:
    """Write the query of the rows that are not alike in `made` and `kept`."""
    doubles = [column.name for column in model.contract.columns if column.type == "DOUBLE"]
    size = f"greatest(1, {', '.join(f'abs(made.{name})' for name in doubles)})"
    keys = [f"made.{key} is not distinct from kept.{key}" for key in model.contract.grain]
    tests = ["made.edition_id is null", "kept.edition_id is null"]
    for column in model.contract.columns:
        ours, theirs = f"made.{column.name}", f"kept.{column.name}"
        if column.type == "DOUBLE":
            near = f"abs({ours} - {theirs}) <= 1e-12 * {size}"
            tests.append(f"not coalesce({near}, {ours} is null and {theirs} is null)")
        else:
            tests.append(f"{ours} is distinct from {theirs}")
    return f"select 1 from made full join kept on {' and '.join(keys)} where {' or '.join(tests)} limit 1"
