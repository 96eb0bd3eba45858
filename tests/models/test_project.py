"""The project is read whole, and tells everything in `sql/` that does not fit together."""

import shutil

import pytest

from pipelines.models.project import ProjectError, read_project
from pipelines.models.tables import ContractError


@pytest.fixture
def sql(tmp_path, settings):
    """Give a copy of `sql/` to break."""
    return shutil.copytree(settings.sql, tmp_path / "sql")


def _problems(sql, settings) -> str:
    with pytest.raises(ProjectError) as refused:
        read_project(sql, settings.seeds)
    return str(refused.value)


def test_every_table_runs_after_what_it_needs(project):
    place = {name: index for index, name in enumerate(project.order)}
    assert all(place[need] < place[name] for name in project.order for need in project.needs(name))


def test_dependencies_come_out_of_the_sql(project):
    assert "stg_nato_whole_figure" in project.models["fct_growth"].depends_on
    assert {"dim_edition", "dim_entity", "dim_target"} <= set(project.needs("fct_target_compliance"))


def test_all_problems_are_told_at_once(sql, settings):
    (sql / "facts" / "fct_a.sql").write_text("/*\ndescription: A.\ngrain: [year]\n*/\nselect year, mood from nowhere\n")
    (sql / "facts" / "fct_b.sql").write_text("select year from stg_nato_figure\n")
    (sql / "facts" / "fct_c.sql").write_text("/*\ndescription: C.\ngrain: [year]\n*/\nselect * from stg_nato_figure\n")
    (sql / "audits" / "unused.sql").write_text("/*\ndescription: D\nadvice: d\n*/\nselect year from stg_nato_figure\n")
    message = _problems(sql, settings)
    for problem in (
        "column mood of fct_a is not in columns.yml",
        "fct_a.sql reads nowhere, which no file makes",
        "fct_b.sql does not start with a header",
        "fct_c.sql ends in select *",
        "audits/unused.sql is asked for by no model",
    ):
        assert problem in message


def test_what_a_header_says_of_editions_must_be_there(sql, settings):
    """The blocks of a fact are of its columns, and the dictionary describes what its views tell of them."""
    (sql / "facts" / "fct_a.sql").write_text(
        "/*\ndescription: A.\ngrain: [edition_id, year]\nas_of: {holds: [mood], blocks: {people: [is_estimate]}}\n*/\n"
        "select edition_id, year, is_estimate from stg_nato_figure\n"
    )
    message = _problems(sql, settings)
    assert "fct_a.sql: as_of names mood, which is no column of it" in message
    assert "fct_a.sql: column people_edition_id of its views is not in columns.yml" in message


def test_an_audit_may_read_a_view_of_a_fact(project):
    """What the view reads is built before the audit asks it."""
    assert "dim_edition" in project.needs("fct_growth") and "growth_known" not in project.needs("fct_growth")
    view = project.view_of_tables("growth_known")
    assert "null_reason" not in {column.name for column in view.contract.columns}
    assert "null_reason" in {column.name for column in project.views["growth_known"].contract.columns}


def test_a_seed_of_an_earlier_version_is_told_with_its_columns(sql, settings, tmp_path):
    seeds = shutil.copytree(settings.seeds, tmp_path / "seeds")
    (seeds / "memberships.csv").unlink()
    (seeds / "entities.csv").write_text("entity_code,entity_name,other_names\n", encoding="utf-8")
    with pytest.raises(ProjectError) as refused:
        read_project(sql, seeds)
    told = str(refused.value)
    assert "has 2 problems" in told
    assert "entities.csv has no column entity_kind, region, has_armed_forces" in told
    assert "memberships.csv, which is not in" in told
    assert (
        "group_code,entity_code,member_from,member_to; it takes the place of allies.csv and group_members.csv" in told
    )


def test_a_circle_is_told(sql, settings):
    for one, other in (("fct_a", "fct_b"), ("fct_b", "fct_a")):
        text = f"/*\ndescription: A.\ngrain: [year]\n*/\nselect year from {other}\n"
        (sql / "facts" / f"{one}.sql").write_text(text)
    assert "circle" in _problems(sql, settings)


def test_a_folder_that_is_not_there_is_told(tmp_path, settings):
    assert "BURDENSHARE_SQL" in _problems(tmp_path / "none", settings)


def test_a_column_of_the_wrong_type_is_refused(tmp_path, project):
    from pipelines.models.tables import connect, write_table

    contract = project.models["dim_group_member"].contract
    query = "select 'G' as group_code, 'POL' as entity_code, 2014 as first_year, '2015' as last_year"
    with pytest.raises(ContractError, match="last_year VARCHAR is not promised; last_year INTEGER is missing"):
        write_table(connect(), query, contract, tmp_path, "x")
    assert list(tmp_path.iterdir()) == []
