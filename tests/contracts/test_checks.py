"""A check made from a contract must find each way of breaking it, and only that."""

import duckdb
import pytest

from pipelines.contracts.columns import Column, read_dictionary
from pipelines.contracts.table import TableContract

CONTRACT = TableContract(
    "shares",
    "Shares of a total.",
    ("entity_code", "year"),
    (
        Column("entity_code", "VARCHAR", "Who.", required=True, references="dim_entity"),
        Column("year", "INTEGER", "When.", min=1949, max=2100),
        Column("price_basis", "VARCHAR", "At which prices.", values=("current", "constant")),
        Column("share_pct", "DOUBLE", "The share.", unit="percent", min=0, max=100),
    ),
)


def _broken_rules(rows: str) -> list:
    connection = duckdb.connect()
    connection.execute("create table dim_entity as select unnest(['POL', 'USA']) as entity_code")
    connection.execute("create table shares (entity_code varchar, year integer, price_basis varchar, share_pct double)")
    connection.execute(f"insert into shares values {rows}")
    return connection.execute(CONTRACT.check(with_references=True).sql).fetchall()


def test_good_rows_and_nulls_pass():
    assert (
        _broken_rules("('POL', 2024, 'current', 4.1), ('USA', 2024, null, null), ('USA', 2023, 'constant', 100)") == []
    )


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        (
            "('POL', 2024, 'current', 1), ('POL', 2024, 'constant', 2)",
            "there is another row for this entity_code, year",
        ),
        ("(null, 2024, 'current', 1)", "entity_code is null"),
        ("('POL', null, 'current', 1)", "year is null"),
        ("('POL', 20240, 'current', 1)", "year is not at least 1949 and at most 2100"),
        ("('POL', 2024, 'Current', 1)", "price_basis is not one of current, constant"),
        ("('POL', 2024, 'current', 100.1)", "share_pct is not at least 0 and at most 100"),
        ("('POL', 2024, 'current', -1)", "share_pct is not at least 0 and at most 100"),
        ("('POL', 2024, 'current', 'nan'::double)", "share_pct is not at least 0 and at most 100"),
        ("('XXX', 2024, 'current', 1)", "entity_code is not listed in dim_entity"),
    ],
)
def test_each_broken_rule_is_named(rows, rule):
    assert {row[0] for row in _broken_rules(rows)} == {rule}


def test_a_wrong_dictionary_lists_every_wrong_entry(tmp_path):
    path = tmp_path / "columns.yml"
    path.write_text("a: {type: TEXT, description: x}\nb: {type: DOUBLE}\nc: {type: DOUBLE, description: x, units: m}\n")
    with pytest.raises(ValueError, match="3 wrong entries") as refused:
        read_dictionary(path)
    assert "a: type 'TEXT'" in str(refused.value) and "unknown keys units" in str(refused.value)


def test_a_code_whose_values_nobody_lists_is_refused(tmp_path):
    path = tmp_path / "columns.yml"
    path.write_text("a: {type: VARCHAR, description: x, words: b}\nb: {type: VARCHAR, description: x}\n")
    with pytest.raises(ValueError, match="a: words, and no values that they are for; list its codes"):
        read_dictionary(path)


def test_a_column_with_a_range_has_the_least_and_the_most_beside_it(tmp_path):
    path = tmp_path / "columns.yml"
    path.write_text("a_pct: {type: DOUBLE, unit: percent, min: 0, max: 100, description: x}\nwith_range: [a_pct]\n")
    columns = read_dictionary(path)
    assert set(columns) == {"a_pct", "a_pct_low", "a_pct_high"}
    # The most that a share can be may lie beyond what is printed.
    assert [(c.unit, c.min, c.max) for c in columns.values()] == [("percent", 0, 100)] + [("percent", 0, None)] * 2
    path.write_text("a: {type: DOUBLE, description: x}\nwith_range: [b]\n")
    with pytest.raises(ValueError, match="with_range names b, which is no column"):
        read_dictionary(path)
