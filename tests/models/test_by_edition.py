"""A table that is kept by edition makes only what has changed, and comes out as if it were made from nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.models.project import ProjectError
from pipelines.models.runner import run_model
from pipelines.models.tables import table_path
from tests.releases.editions import Edited


@pytest.fixture
def edited(tmp_path) -> Edited:
    """Give a small project with editions of two publishers, built."""
    project = Edited(tmp_path / "edited")
    project.write_all()
    project.build()
    return project


def test_one_more_edition_leaves_the_others_as_they_are(edited: Edited):
    edited.add_edition("alpha-2025", "Alpha", "2025-06-01", [4.0, 5.0])
    assert edited.remake("fct_sum").kept == {"alpha-2023", "alpha-2024", "beta-2024"}
    assert edited.remake("fct_step").kept == {"alpha-2023", "alpha-2024", "beta-2024"}
    assert_as_from_nothing(edited)


def test_a_corrected_figure_moves_its_edition_and_what_is_compared_with_it(edited: Edited):
    edited.correct("alpha-2023", [1.5, 2.0])
    assert edited.remake("fct_sum").kept == {"alpha-2024", "beta-2024"}
    # What came later stands on it too; another publisher's editions do not.
    assert edited.remake("fct_step").kept == {"beta-2024"}
    assert_as_from_nothing(edited)


def test_an_older_edition_is_put_among_the_others(edited: Edited):
    edited.add_edition("alpha-2022", "Alpha", "2022-06-01", [0.5, 0.6])
    assert edited.remake("fct_sum").kept == {"alpha-2023", "alpha-2024", "beta-2024"}
    assert edited.remake("fct_step").kept == {"beta-2024"}
    assert_as_from_nothing(edited)


def test_rows_of_an_edition_that_was_withdrawn_are_gone(edited: Edited):
    edited.withdraw("alpha-2024")
    assert edited.remake("fct_sum").kept == {"alpha-2023", "beta-2024"}
    assert_as_from_nothing(edited)


def test_what_all_editions_stand_on_moves_all(edited: Edited):
    edited.small.write("sql/facts/fct_sum.sql", edited.sql("fct_sum").replace("sum(value)", "2 * sum(value)"))
    assert edited.remake("fct_sum").kept == frozenset()
    edited.small.write("seeds/factors.csv", "factor\n3\n")
    edited.build_sources()
    assert edited.remake("fct_step").kept == frozenset()
    assert_as_from_nothing(edited)


def test_a_build_anew_and_a_damaged_file_keep_nothing(edited: Edited):
    edited.correct("alpha-2023", [1.5, 2.0])
    assert run_model(edited.project, "fct_sum", edited.tables, anew=True).kept == frozenset()
    edited.correct("alpha-2023", [1.0, 2.0])
    path = table_path(edited.tables, "fct_sum")
    path.write_bytes(path.read_bytes()[:-20] + b"x" * 20)
    assert edited.remake("fct_sum").kept == frozenset()
    assert_as_from_nothing(edited)


def test_a_header_may_say_only_what_somebody_understands(edited: Edited):
    edited.small.write("sql/facts/fct_sum.sql", edited.sql("fct_sum").replace("by_edition: alone", "by_edition: yes"))
    with pytest.raises(ProjectError, match=r"fct_sum.sql: by_edition is alone or with_earlier, not True"):
        _ = edited.project
    edited.write_all()
    factor = "/*\ndescription: Factors.\ngrain: [factor]\nby_edition: alone\n*/\nselect factor from seed_factor\n"
    edited.small.write("sql/dimensions/dim_factor.sql", factor)
    with pytest.raises(
        ProjectError, match=r"dim_factor.sql: by_edition is said of a table whose grain has no edition_id"
    ):
        _ = edited.project


def assert_as_from_nothing(edited: Edited) -> None:
    """Hold each fact against the same made in an empty folder."""
    edited.build()
    other = edited.copy()
    other.build()
    for name in ("fct_sum", "fct_step"):
        assert rows(edited.tables, name) == rows(other.tables, name) != []


def rows(tables: Path, name: str) -> list[tuple]:
    return duckdb.sql(f"from read_parquet('{table_path(tables, name)}') order by all").fetchall()
