"""Each query is read once and traced once, and nobody who reads the tree changes it."""

from collections import Counter
from types import SimpleNamespace

import pytest
import sqlglot

from pipelines.models import trees
from pipelines.models.column_lineage import _traced, column_lineage
from pipelines.models.formula import _read_formulas, read_formulas
from pipelines.models.project import read_project
from pipelines.models.provenance import _with_companions, with_companions
from pipelines.models.trees import NotAQuery, parse, qualified


def test_a_query_is_parsed_once_to_be_read_and_once_to_be_traced(settings, monkeypatch):
    for kept in (trees.outline, trees._qualified, _traced, _read_formulas, _with_companions):
        kept.cache_clear()
    seen = []

    def parse_one(sql, **options):
        seen.append(sql)
        return sqlglot.parse_one(sql, **options)

    # Not within sqlglot itself, which reads types and stars in the same way.
    monkeypatch.setattr(trees, "sqlglot", SimpleNamespace(parse_one=parse_one, ParseError=sqlglot.ParseError))
    for _ in range(2):
        project = read_project(settings.sql, settings.seeds)
    assert max(Counter(seen).values()) == 1
    seen.clear()
    for model in [*project.models.values()] * 2:
        schema = project.schema(model)
        column_lineage(project, model)
        read_formulas(model.sql, schema)
        with_companions(model.sql, schema, {name: project.table(name).contract.grain for name in model.depends_on})
    assert Counter(seen) == {model.sql: 1 for model in project.models.values()}


def test_reading_a_tree_leaves_it_as_it_was(project):
    model = project.models["fct_growth"]
    schema = project.schema(model)
    tree = qualified(model.sql, schema)
    before = tree.sql(dialect="duckdb")
    column_lineage(project, model)
    read_formulas(model.sql, schema)
    with_companions(model.sql, schema, {name: project.table(name).contract.grain for name in model.depends_on})
    assert qualified(model.sql, schema) is tree and tree.sql(dialect="duckdb") == before


@pytest.mark.parametrize(("sql", "words"), [("select from where", "line 1"), ("drop table t", "DROP")])
def test_what_is_no_query_is_told(sql, words):
    with pytest.raises(NotAQuery, match=words):
        parse(sql)
