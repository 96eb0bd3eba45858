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
