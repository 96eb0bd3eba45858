"""Find what sqlglot cannot turn into Spark SQL with equal results.

Models, views and audits shall run elsewhere than in DuckDB. `find_unportable` names every place that
would not: what Spark refuses, and what it answers differently. Each rule was measured with
`sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=RAISE)` of sqlglot 30 on pyspark 4.3 (ANSI
mode, its default) against DuckDB 2.0. A function that is not listed as measured is told too: run it in both,
compare, nulls and ties included, and add it to MEASURED.

What no rule can see: a division by zero is infinite in DuckDB and an error in Spark, so divide by
`nullif(x, 0)`; a double as text reads alike only from 0.001 up to 10 million; and `ln`, `exp`, `pow` and
sums may differ in their last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError
from sqlglot.optimizer.annotate_types import annotate_types

from .project import Project
from .trees import Schema, parse, qualified, table_names

# Functions, as sqlglot names them, that gave equal results.
MEASURED = {
    *("abs", "ceil", "exp", "floor", "greatest", "least", "ln", "power", "round", "sqrt", "nullif", "coalesce", "if"),
    *("case", "cast", "try_cast", "and", "or", "not"),
    *("avg", "count", "max", "min", "sum", "logical_and", "logical_or", "any_value", "arg_min", "arg_max"),
    *("group_concat", "median", "stddev", "variance"),
    *("dense_rank", "first_value", "lag", "last_value", "lead", "ntile", "percent_rank", "rank", "row_number"),
    *("concat", "concat_ws", "contains", "left", "length", "lower", "replace", "right", "split", "split_part"),
    *("starts_with", "str_position", "substring", "trim", "upper", "regexp_like"),
    *("array_contains", "explode", "unnest", "generate_series", "exists"),
    *("datediff", "day", "extract", "month", "year"),
}
# The types of contracts; others have no partner, or another range.
_TYPES = {"VARCHAR", "TEXT", "INT", "BIGINT", "DOUBLE", "BOOLEAN", "DATE"}
_WHOLE = {exp.DType.INT, exp.DType.BIGINT}
_BROKEN = {exp.DType.DOUBLE, exp.DType.FLOAT, exp.DType.DECIMAL}
_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.Ntile, exp.PercentRank)


@dataclass(frozen=True)
class Finding:
    """Name one place that would not run, or not give the same, in Spark: file, line, reason, and the way round."""

    file: str
    line: int
    reason: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}. Instead: {self.instead}."


@dataclass(frozen=True)
class _Rule:
    """Find a kind of node, and tell why it does not carry over and what to write instead."""

    breaks: Callable[[exp.Expr], bool]
    reason: str
    instead: str


def _aggregate_in_order(node: exp.Expr) -> bool:
    within = isinstance(node, exp.AggFunc) and not isinstance(node, exp.GroupConcat)
    return within and isinstance(node.this, exp.Order)


def _may_pick_null(node: exp.Expr) -> bool:
    if not isinstance(node, (exp.ArgMin, exp.ArgMax)):
        return False
    # Of which column is left to the author: an edition goes with the figure that it gives.
    kept = node.parent.expression.find_all(exp.Not) if isinstance(node.parent, exp.Filter) else ()
    return not any(isinstance(part.this, exp.Is) and isinstance(part.this.expression, exp.Null) for part in kept)


def _bare(node: exp.Expr) -> exp.Expr | None:
    """Find what stands around a node, past IGNORE NULLS."""
    return node.parent.parent if isinstance(node.parent, (exp.IgnoreNulls, exp.RespectNulls)) else node.parent


def _hidden_alias(node: exp.Expr) -> bool:
    """Tell whether WHERE names what the same SELECT only makes."""
    select = node.find_ancestor(exp.Select) if isinstance(node, exp.Column) and not node.table else None
    where = node.find_ancestor(exp.Where) if select else None
    if not select or not where or where.parent is not select:
        return False
    made = {part.alias: part.this for part in select.selects if isinstance(part, exp.Alias)}
    expression = made.get(node.name)
    return expression is not None and not any(column.name == node.name for column in expression.find_all(exp.Column))


def _star_in_union(node: exp.Expr) -> bool:
    return isinstance(node, exp.Select) and isinstance(node.parent, exp.SetOperation) and node.is_star


def _distinct_beside_text(node: exp.Expr) -> bool:
    if not isinstance(node, exp.Select) or not any(part.find(exp.GroupConcat) for part in node.selects):
        return False
    return any(isinstance(count.this, exp.Distinct) for part in node.selects for count in part.find_all(exp.Count))


def _unordered_rank(node: exp.Expr) -> bool:
    if not isinstance(node, exp.Window) or not isinstance(node.this, _RANKS):
        return False
    # A window that is only named has its order where it is defined.
    return not node.args.get("order") and not node.alias


RULES = (
    _Rule(
        lambda node: isinstance(node, exp.SetOperation) and bool(node.args.get("by_name")),
        "Spark has no UNION BY NAME",
        "list the columns of each branch in one order and write union all",
    ),
    _Rule(
        _star_in_union,
        "the columns of a star stand in another order in Spark after a join with using, and branches meet by position",
        "list the columns of each branch",
    ),
    _Rule(
        lambda node: isinstance(node, exp.Round) and node.args.get("decimals") is not None,
        "Spark rounds what is printed, so that 1.005 becomes 1.01 and not 1.0, and takes no column for the decimals",
        "round(100 * x) / 100, or round(scale * x) / scale with scale = pow(10, decimals)",
    ),
    _Rule(
        _aggregate_in_order,
        "only string_agg keeps an order by within an aggregate; list loses it and others are refused",
        "number the rows and pick by a filter: max(x) filter (where position = 1)",
    ),
    _Rule(
        lambda node: isinstance(node, exp.ArrayAgg),
        "collect_list, which list becomes, leaves nulls out and keeps no order",
        "string_agg with an order by, or an aggregate of the values themselves",
    ),
    _Rule(
        lambda node: isinstance(node, (exp.First, exp.Last)) and not isinstance(node.parent, exp.Window),
        "which row first or last picks is open, and an order by within it is refused",
        "number the rows and pick by a filter: max(x) filter (where position = 1)",
    ),
    _Rule(
        _may_pick_null,
        "min_by and max_by of Spark pick rows that have no value too",
        "add filter (where x is not null) for the x that is picked",
    ),
    _Rule(
        lambda node: isinstance(node, exp.AnyValue) and isinstance(_bare(node), exp.Filter),
        "ANY_VALUE(x) IGNORE NULLS, which any_value becomes, takes no FILTER",
        "max(x) filter (where ...)",
    ),
    _Rule(
        lambda node: isinstance(node, exp.Lateral) and node.find(exp.Values) is not None,
        "Spark evaluates no column within VALUES",
        "cross join (values ...) of constants and a case that picks the column",
    ),
    _Rule(
        lambda node: isinstance(node, exp.Star) and bool(node.args.get("rename") or node.args.get("replace")),
        "Spark knows * exclude, and neither rename nor replace",
        "* exclude (x) and the column written out, or all columns listed",
    ),
    _Rule(
        lambda node: isinstance(node, exp.Distinct) and node.args.get("on") is not None,
        "distinct on picks a row by an order that Spark need not share",
        "row_number() over (partition by ... order by ...) and a filter",
    ),
    _Rule(
        lambda node: isinstance(node, exp.Join) and str(node.args.get("method", "")).upper() in ("ASOF", "POSITIONAL"),
        "Spark has no ASOF and no POSITIONAL join",
        "a window function, or a join on row numbers",
    ),
    _Rule(
        lambda node: isinstance(node, (exp.Pivot, exp.TableSample)),
        "a pivot written for DuckDB is refused, and a sample is another one each time",
        "aggregates with filter (where key = ...), and no sample",
    ),
    _Rule(
        lambda node: isinstance(node, (exp.Struct, exp.Map, exp.Bracket, exp.Lambda, exp.Columns)),
        "lists and structs count from another number, print otherwise or lack their functions",
        "columns and rows",
    ),
    _Rule(
        lambda node: isinstance(node, exp.Interval),
        "a date and an interval make a timestamp in DuckDB and a date in Spark",
        "years and days as numbers",
    ),
    _Rule(
        lambda node: isinstance(node, exp.IntDiv),
        "// becomes DIV, which refuses doubles",
        "cast(floor(x / y) as bigint)",
    ),
    _Rule(
        lambda node: isinstance(node, exp.Select) and bool(node.args.get("qualify")) and _ends(node),
        "sqlglot moves order by and limit before the filter of qualify",
        "the window function in a CTE, and where, order by and limit after it",
    ),
    _Rule(
        _unordered_rank,
        "Spark refuses a rank, lag or lead without an order",
        "give the window an order by that leaves no ties",
    ),
    _Rule(
        _hidden_alias,
        "a name that the same SELECT makes is unknown to WHERE in Spark",
        "repeat the expression, or make it in a CTE before",
    ),
    _Rule(
        _distinct_beside_text,
        "Spark fails on count(distinct x) beside string_agg in one SELECT",
        "count in a CTE of its own and join it",
    ),
    _Rule(
        lambda node: isinstance(node, exp.DataType) and str(node.this.value) not in _TYPES,
        "only the types of columns.yml mean the same in both",
        "VARCHAR, INTEGER, BIGINT, DOUBLE, BOOLEAN or DATE",
    ),
    _Rule(
        lambda node: _function(node) is not None and _function(node) not in MEASURED,
        "nobody has measured that this function gives equal results",
        "measure it in both and add it to MEASURED, or write it with functions that are there",
    ),
)
# Functions of which it was measured that they do not carry over.
ADVICE = {
    "product": "exp(sum(ln(greatest(x, 1e-300))))",
    "format": "concat with casts, or the numbers themselves: who shows them writes them",
    "printf": "concat with casts, or the numbers themselves: who shows them writes them",
    "isfinite": "abs(x) < 1e308",
    "isnan": "x = x with a check for null",
    "log": "ln(x) / ln(10): log is the natural logarithm in Spark",
    "trunc": "floor and ceil by the sign",
    "quantile": "median, or a rank and a filter",
    "percentilecont": "median, or a rank and a filter",
}
# Rules that need to know of what type a part is.
TYPED_RULES = (
    _Rule(
        lambda node: type(node) is exp.Concat and any(_is_no_text(part) for part in node.expressions),
        "sqlglot writes coalesce(x, '') within concat, which Spark cannot do with numbers",
        "cast(x as varchar) within concat",
    ),
    _Rule(
        lambda node: (
            type(node) is exp.Cast
            and node.to.this in _WHOLE
            and _kind(node.this) in _BROKEN
            and not isinstance(node.this.unnest(), (exp.Round, exp.Ceil, exp.Floor))
            and node.this.find(exp.Round, exp.Ceil, exp.Floor) is None
        ),
        "a cast to whole numbers rounds in DuckDB and cuts in Spark",
        "cast(round(x) as bigint)",
    ),
    _Rule(
        lambda node: isinstance(node, exp.Sub) and {_kind(node.this), _kind(node.expression)} == {exp.DType.DATE},
        "the difference of two dates is a number in DuckDB and an interval in Spark",
        "date_diff('day', earlier, later)",
    ),
)


def find_unportable(project: Project, sql: Path) -> list[Finding]:
    """List everything in the models, views and audits below `sql`, and in the views and macros made of them."""
    findings = []
    for item in project.models.values():
        findings += _in_file(item.path, sql, item.sql, project.schema(item))
    for view in project.views.values():
        findings += _in_file(view.path, sql, view.sql, project.schema(view))
    for audit in project.audits.values():
        findings += _in_file(sql / "audits" / f"{audit.name}.sql", sql, audit.sql, _schema(project, audit.sql))
    for name, query in project.macros().items():
        dated = query.replace("cast(day as date)", "date '2024-12-31'")
        findings += find_in_query(f"macro {name}", dated, _schema(project, dated))
    return findings


def find_in_query(file: str, sql: str, schema: Schema | None = None, lines_before: int = 0) -> list[Finding]:
    """List what one DuckDB query has that would not carry over; lines are counted from `lines_before`.

    Without a `schema` of the tables that it reads, rules on types are left out.
    """
    tree = parse(sql)
    found = [*_broken(tree, RULES)]
    if schema is not None:
        found += _broken(annotate_types(qualified(sql, schema).copy(), dict[str, object](schema)), TYPED_RULES)
    try:
        sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        found.append((tree, _Rule(lambda _: True, f"sqlglot cannot write it: {error}", "another form")))
    findings = {Finding(file, lines_before + _line(node), *_words(node, rule)) for node, rule in found}
    return sorted(findings, key=lambda finding: (finding.line, finding.reason))


def _in_file(path: Path, root: Path, sql: str, schema: Schema) -> list[Finding]:
    if not path.exists():
        return find_in_query(f"view {path.stem}", sql, schema)
    text = path.read_text(encoding="utf-8")
    return find_in_query(path.relative_to(root).as_posix(), sql, schema, text[: text.find(sql)].count("\n"))


def _schema(project: Project, sql: str) -> Schema:
    read = {name: project.views.get(name) or project.shown(name) for name in sorted(table_names(sql))}
    return {name: {c.name: c.type for c in item.contract.columns} for name, item in read.items()}


def _broken(tree: exp.Expr, rules: tuple[_Rule, ...]) -> Iterator[tuple[exp.Expr, _Rule]]:
    for node in tree.walk():
        # Only the first rule that a node breaks: it says the most.
        if rule := next((rule for rule in rules if rule.breaks(node)), None):
            yield node, rule


def _words(node: exp.Expr, rule: _Rule) -> tuple[str, str]:
    name = _function(node)
    if rule is RULES[-1] and name is not None:
        known = ADVICE.get(name)
        return (f"{name} does not carry over", known) if known else (f"{name}: {rule.reason}", rule.instead)
    return rule.reason, rule.instead


def _function(node: exp.Expr) -> str | None:
    """Name the function that a node calls, in small letters; None for anything else."""
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    return type(node).sql_name().lower() if isinstance(node, exp.Func) else None


def _ends(select: exp.Select) -> bool:
    return bool(select.args.get("order") or select.args.get("limit"))


def _kind(node: exp.Expr) -> exp.DType | None:
    return node.type.this if isinstance(node.type, exp.DataType) else None


def _is_no_text(node: exp.Expr) -> bool:
    # Null and unknown types are let pass: Spark says so when it is one of them.
    return _kind(node) in {*_WHOLE, *_BROKEN, exp.DType.DATE, exp.DType.BOOLEAN}


def _line(node: exp.Expr) -> int:
    """Find the line in which a node stands: its own, or the first of its parts, or its parent's."""
    lines = [part.meta["line"] for part in node.walk() if "line" in part.meta]
    if lines:
        return int(min(lines))
    return _line(node.parent) if node.parent else 1
