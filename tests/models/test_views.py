"""What holds for every view of the project."""

import re

import sqlglot
from sqlglot import exp


def test_rows_come_in_the_order_of_what_makes_them(project):
    """People see a view first without an order of their own; without one here it would be that of a join."""
    for view in project.views.values():
        order = re.sub(r"\b\w+\.", "", view.sql.rstrip().rpartition("\n")[2])
        assert order == f"order by {', '.join(view.contract.grain)}", view.name


def test_where_tables_share_a_name_the_order_says_whose_it_is(project):
    """DuckDB 1 does not know that a bare name means the column that is shown, and refuses the view."""
    for view in project.views.values():
        query = sqlglot.parse_one(view.sql, dialect="duckdb")
        # A join with `using` makes one column of two.
        if any(join.args.get("on") for join in query.args.get("joins") or ()):
            shown = {column.alias_or_name: column for column in query.selects}
            bare = [key.this.name for key in query.args["order"].expressions if not key.this.table]
            assert [name for name in bare if isinstance(shown[name], exp.Column) and shown[name].table] == [], view.name
