"""Each query is parsed and qualified once, and nobody who reads the tree changes it."""

from types import SimpleNamespace

import pytest
import sqlglot

from pipelines.models import trees
from pipelines.models.column_lineage import column_lineage
from pipelines.models.formula import read_formulas
from pipelines.models.project import read_project
from pipelines.models.provenance import with_companions
from pipelines.models.trees import NotAQuery, parsed, qualified


def test_no_query_is_parsed_twice(settings, monkeypatch):
    for kept in (trees.parsed, trees.table_names, trees._qualified):
        kept.cache_clear()
    seen = []

    def parse_one(sql, **options):
        seen.append(sql)
        return sqlglot.parse_one(sql, **options)

    # Not within sqlglot itself, which reads types and stars in the same way.
    monkeypatch.setattr(trees, "sqlglot", SimpleNamespace(parse_one=parse_one, ParseError=sqlglot.ParseError))
    project = read_project(settings.sql, settings.seeds)
    for model in project.models.values():
        schema = project.schema(model)
        column_lineage(project, model)
        read_formulas(model.sql, schema)
        with_companions(model.sql, schema, {name: project.table(name).contract.grain for name in model.depends_on})
    assert len(seen) == len(set(seen)) and {model.sql for model in project.models.values()} <= set(seen)


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
        parsed(sql)
