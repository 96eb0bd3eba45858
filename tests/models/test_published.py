"""SQL tells reasons by code; readers get the words beside them, which stand in one seed."""

import csv
import shutil
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from pipelines.files.ledger import LEDGER
from pipelines.models.project import ProjectError, read_project
from pipelines.models.published import is_copied, words_problems, write_published
from pipelines.models.tables import ContractError, connect, register, table_path


def _reasons(settings) -> dict[str, str]:
    with (settings.seeds / "reasons.csv").open(encoding="utf-8", newline="") as lines:
        return {line["code"]: line["words"] for line in csv.DictReader(lines)}


def test_every_code_has_words_and_every_word_a_code(project, settings, tmp_path):
    reasons = settings.seeds / "reasons.csv"
    assert words_problems(project.dictionary.values(), reasons) == []
    copy = tmp_path / "reasons.csv"
    copy.write_text(reasons.read_text(encoding="utf-8").replace("no_population,", "no_people,"), encoding="utf-8")
    assert words_problems(project.dictionary.values(), copy) == [
        "reasons.csv has no words for the code no_population",
        "reasons.csv has words for no_people, which no column of columns.yml lists",
    ]


def test_a_project_with_a_code_without_words_is_refused(settings, tmp_path):
    seeds = shutil.copytree(settings.seeds, tmp_path / "seeds")
    lines = (seeds / "reasons.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (seeds / "reasons.csv").write_text("".join(line for line in lines if "no_year_before" not in line), "utf-8")
    with pytest.raises(ProjectError, match="no words for the code no_year_before"):
        read_project(settings.sql, seeds)


def test_sql_decides_by_codes_and_makes_no_words(project):
    made = {column.words for column in project.dictionary.values() if column.words}
    assert made == {"difference_reason", "null_reason", "reason", "uncheckable_reason"}
    for model in project.models.values():
        assert "null_reason" not in {column.name for column in model.contract.columns}, model.name


@pytest.mark.parametrize("table", ["fct_growth", "latest_growth", "growth_as_of('2026-12-31')", "fct_burden_per_head"])
def test_readers_get_words_where_there_is_a_code(release, settings, table):
    pairs = release.execute(f"select distinct null_reason_code, null_reason from {table}").fetchall()
    words = _reasons(settings)
    assert len(pairs) > 1 and all(words.get(code) == text for code, text in pairs)


def test_words_come_beside_codes_and_change_neither_rows_nor_their_order(project, release, settings):
    words, published = _reasons(settings), (project.models[name] for name in project.published())
    coded = [model for model in published if not is_copied(model)]
    assert len(coded) > 8
    for model in coded:
        made = pq.read_table(table_path(settings.tables, model.name))
        shown = pq.read_table(table_path(settings.current, model.name))
        codes = {column.words: column for column in model.contract.columns if column.words}
        assert [n for n in made.column_names if n not in codes and not shown[n].equals(made[n])] == [], model.name
        for name in codes.keys() - set(made.column_names):
            assert not codes[name].words_with
            assert shown[name].to_pylist() == [words.get(code) for code in made[codes[name].name].to_pylist()], name


def test_a_number_stands_within_its_words(release):
    code, units, reason = release.execute(
        "select reason_code, missed_units, reason from fct_discrepancy where missed_units >= 1000 limit 1"
    ).fetchall()[0]
    side = {"amounts_rounded_above": "more", "amounts_rounded_below": "less"}[code]
    assert reason.startswith(f"The amounts behind the four shares add to {units:,} units of national currency {side} ")
    # A reason by name stays as the seed has it.
    named = release.execute("select count(*) from fct_discrepancy where reason_code is null and reason is not null")
    assert named.fetchall()[0][0] > 0


def test_the_file_carries_what_the_contract_promises(project, database):
    names = [row[0] for row in database.execute("describe fct_growth").fetchall()]
    assert names == [column.name for column in project.shown("fct_growth").contract.columns]
    assert names[-2:] == ["null_reason", "null_reason_code"]
    comment = "select comment from duckdb_columns() where table_name = 'fct_growth' and column_name = 'null_reason'"
    assert database.execute(comment).fetchall()[0][0] == project.dictionary["null_reason"].comment


def test_a_code_that_its_column_does_not_list_is_not_published(project, settings, report, tmp_path):
    model = project.models["fct_growth"]
    columns = [
        replace(column, values=tuple(value for value in column.values if value != "no_year_before"))
        for column in model.contract.columns
    ]
    other = replace(model, contract=replace(model.contract, columns=tuple(columns)))
    with pytest.raises(ContractError, match=r"'no_year_before'.* not among the column's values"):
        write_published(other, project.shown("fct_growth").contract, settings.tables, tmp_path)


def test_a_code_without_words_is_not_published(project, settings, report, tmp_path):
    tables = tmp_path / "tables"
    tables.mkdir()
    for file in (table_path(settings.tables, "fct_growth"), settings.tables / LEDGER):
        shutil.copyfile(file, tables / file.name)
    connection = connect()
    register(connection, settings.tables, ["seed_reason"])
    connection.execute(
        f"copy (from seed_reason where code <> 'no_year_before') to '{table_path(tables, 'seed_reason')}'"
    )
    with pytest.raises(ContractError, match="'no_year_before', which has no words"):
        write_published(project.models["fct_growth"], project.shown("fct_growth").contract, tables, tmp_path)
