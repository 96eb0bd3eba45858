"""Rewrite a query so that every figure carries the cells of its inputs that it was computed from.

For each output column `x` the rewritten query has a companion `x__from`: a list of references, each a
whole number that stands for table, column and row, into the tables that it reads. The rewriting follows
the SQL - what an aggregate gathers under its filter, what a window looks back at, which branch a CASE or
COALESCE took - so a model needs no second description of where its figures come from.

Belongs here: SQL as such. Does not: files, releases, how lineage is shown.
"""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp

from .trees import KEPT, FrozenSchema, Schema, frozen, qualified, thawed

SUFFIX = "__from"
# Window functions that give one row's value: their companion is that row's.
_PICKS = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)
# Aggregates that sqlglot does not know as such.
_MORE_AGGREGATES = {"PRODUCT"}


def with_companions(sql: str, schema: Schema, keys: dict[str, tuple[str, ...]]) -> tuple[str, frozenset[str]]:
    """Rewrite a query; return its SQL and the output columns that have a companion.

    The tables that it reads must have the companions of all columns but their `keys`.
    """
    return _with_companions(sql, frozen(schema), tuple(keys.items()))


@lru_cache(KEPT)
def _with_companions(
    sql: str, frozen_schema: FrozenSchema, frozen_keys: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[str, frozenset[str]]:
    schema, keys = thawed(frozen_schema), dict(frozen_keys)
    tree = qualified(sql, schema).copy()
    tables = {name: set(columns) - set(keys[name]) for name, columns in schema.items()}
    found = _annotate(tree, tables)
    return tree.sql(dialect="duckdb"), frozenset(found)


# For every SELECT, by its identity, the companions of its columns.
_Plans = dict[int, dict[str, exp.Expr]]


def _annotate(query: exp.Query, tables: dict[str, set[str]]) -> set[str]:
    plans: _Plans = {}
    names = _collect(query, tables, plans)
    _append(query, sorted(names), plans)
    return names


def _collect(query: exp.Query, tables: dict[str, set[str]], plans: _Plans) -> set[str]:
    """Work out the companions of every SELECT in a query into `plans`; return the names of all."""
    known = dict(tables)
    for cte in query.ctes:
        known[cte.alias] = _annotate(cte.this, known)
    if isinstance(query, exp.SetOperation):
        return _collect(query.left, known, plans) | _collect(query.right, known, plans)
    if isinstance(query, exp.Subquery):
        return _collect(query.this, known, plans)
    if not isinstance(query, exp.Select):
        return set()
    plans[id(query)] = _Select(query, known).companions()
    return set(plans[id(query)])


def _append(query: exp.Query, names: list[str], plans: _Plans) -> None:
    """Add companions to every branch of a query in one order, null where a branch has none."""
    if isinstance(query, exp.SetOperation):
        _append(query.left, names, plans)
        _append(query.right, names, plans)
    elif isinstance(query, exp.Subquery):
        _append(query.this, names, plans)
    else:
        for name in names:
            companion = plans[id(query)].get(name) or _nothing()
            query.append("expressions", exp.alias_(companion, f"{name}{SUFFIX}"))


class _Select:
    """Find the companions of one SELECT's columns."""

    def __init__(self, select: exp.Select, tables: dict[str, set[str]]) -> None:
        self.select = select
        self.sources: dict[str, set[str]] = {}
        from_ = select.args.get("from_")
        for item in [*([from_.this] if from_ else []), *(join.this for join in select.args.get("joins") or [])]:
            self.sources[item.alias_or_name] = self._source(item, tables)
        self.grouped = bool(select.args.get("group")) or any(_has_aggregate(part) for part in select.selects)

    def companions(self) -> dict[str, exp.Expr]:
        if self.select.args.get("distinct"):
            return {}
        found = {part.alias_or_name: self.origin(part.unalias()) for part in self.select.selects}
        return {name: origin for name, origin in found.items() if origin is not None}

    def _source(self, item: exp.Expr, tables: dict[str, set[str]]) -> set[str]:
        if isinstance(item, exp.Subquery):
            return _annotate(item.this, tables) if isinstance(item.this, exp.Query) else set()
        if isinstance(item, exp.Lateral):
            return self._lateral_values(item)
        return tables.get(item.name, set()) if isinstance(item, exp.Table) else set()

    def _lateral_values(self, lateral: exp.Lateral) -> set[str]:
        """Widen the tuples of `lateral (values ...) as alias (columns)` by companions."""
        values, alias = lateral.find(exp.Values), lateral.args["alias"]
        if values is None:
            return set()
        self.grouped = False
        rows = [[self.origin(part) for part in row.expressions] for row in values.expressions]
        found = set()
        for position, column in enumerate(list(alias.columns)):
            origins = [row[position] for row in rows]
            if any(origin is not None for origin in origins):
                found.add(column.name)
                alias.append("columns", exp.to_identifier(f"{column.name}{SUFFIX}"))
                for row, origin in zip(values.expressions, origins, strict=True):
                    row.append("expressions", _nothing() if origin is None else origin)
        return found

    def origin(self, node: exp.Expr | None) -> exp.Expr | None:
        """Write the expression that returns the references behind a value; None where there are none."""
        if node is None or isinstance(node, exp.Query):
            return None
        if isinstance(node, exp.Column):
            return self._of_column(node)
        if isinstance(node, exp.Window):
            return self._of_window(node)
        if isinstance(node, exp.Case):
            return self._of_case(node)
        if isinstance(node, exp.Coalesce):
            return self._of_coalesce(node)
        if isinstance(node, exp.Filter) or _is_aggregate(node):
            return self._of_aggregate(node)
        if isinstance(node, exp.In):
            return self.origin(node.this)
        return _joined([self.origin(part) for part in node.iter_expressions()])

    def _of_column(self, column: exp.Column) -> exp.Expr | None:
        if column.name not in self.sources.get(column.table, ()):
            return None
        companion = exp.column(f"{column.name}{SUFFIX}", table=column.table)
        return _call("any_value", companion) if self.grouped else companion

    def _of_window(self, window: exp.Window) -> exp.Expr | None:
        was_grouped, self.grouped = self.grouped, False
        try:
            inner = window.this.this if isinstance(window.this, (exp.IgnoreNulls, exp.RespectNulls)) else window.this
            if isinstance(inner, _PICKS):
                return self._over(window, inner, self.origin(inner.this), keep=True)
            aggregate = inner.this if isinstance(inner, exp.Filter) else inner
            if isinstance(aggregate, exp.Count):
                return None
            if _is_aggregate(aggregate) and (argument := _argument(aggregate)) is not None:
                return self._over(window, inner, self.origin(argument), keep=False)
            # A rank has no argument: it follows from what it ranks by.
            order = window.args.get("order")
            return _joined([self.origin(part.this) for part in order.expressions]) if order else None
        finally:
            self.grouped = was_grouped

    @staticmethod
    def _over(window: exp.Window, inner: exp.Expr, origin: exp.Expr | None, *, keep: bool) -> exp.Expr | None:
        if origin is None:
            return None
        over = window.copy()
        if keep:
            picked = over.find(type(inner))
            assert picked is not None, "a copy holds what its original holds"
            picked.set("this", origin)
            return over
        gathered: exp.Expr = _call("list", origin)
        if isinstance(inner, exp.Filter):
            gathered = exp.Filter(this=gathered, expression=inner.expression.copy())
        over.set("this", gathered)
        return _call("flatten", over)

    def _of_aggregate(self, node: exp.Expr) -> exp.Expr | None:
        condition = node.expression if isinstance(node, exp.Filter) else None
        aggregate = node.this if condition else node
        was_grouped, self.grouped = self.grouped, False
        try:
            origin = self.origin(_argument(aggregate))
            if origin is None and condition and isinstance(aggregate, exp.Count):
                # What a count counts is what its filter looks at.
                origin = self.origin(condition.this)
        finally:
            self.grouped = was_grouped
        if origin is None:
            return None
        if isinstance(aggregate, (exp.ArgMin, exp.ArgMax)):
            # It picks one row among those that have a value.
            picked = aggregate.copy()
            picked.set("this", origin)
            has_value: exp.Expr = exp.Not(this=exp.Is(this=aggregate.this.copy(), expression=exp.null()))
            if condition:
                has_value = exp.and_(condition.this.copy(), has_value)
            return exp.Filter(this=picked, expression=exp.Where(this=has_value))
        picks_one = isinstance(aggregate, exp.AnyValue)
        gathered = _call("any_value" if picks_one else "list", origin)
        if condition:
            gathered = exp.Filter(this=gathered, expression=condition.copy())
        return gathered if picks_one else _call("flatten", gathered)

    def _of_case(self, case: exp.Case) -> exp.Expr | None:
        branches = [(part.this, self.origin(part.args["true"])) for part in case.args["ifs"]]
        default = self.origin(case.args.get("default"))
        if default is None and all(origin is None for _, origin in branches):
            # A label such as 'meets': it comes from what the conditions look at.
            return _joined([self.origin(condition) for condition, _ in branches])
        taken = case.copy()
        for part, (_, origin) in zip(taken.args["ifs"], branches, strict=True):
            part.set("true", _nothing() if origin is None else origin)
        taken.set("default", default)
        return taken

    def _of_coalesce(self, node: exp.Coalesce) -> exp.Expr | None:
        parts = [node.this, *node.expressions]
        origins = [self.origin(part) for part in parts]
        if all(origin is None for origin in origins):
            return None
        case = exp.Case(ifs=[])
        for part, origin in zip(parts, origins, strict=True):
            given = exp.Not(this=exp.Is(this=part.copy(), expression=exp.null()))
            case.append("ifs", exp.If(this=given, true=_nothing() if origin is None else origin))
        # Where all are missing, all that was looked at is the answer.
        case.set("default", _joined([origin.copy() for origin in origins if origin is not None]))
        return case


def _argument(aggregate: exp.Expr) -> exp.Expr | None:
    """Return what an aggregate gathers; None for `count(*)`."""
    inner = aggregate.this if isinstance(aggregate.this, exp.Expr) else next(iter(aggregate.expressions), None)
    if isinstance(inner, (exp.Order, exp.Distinct)):
        inner = inner.this or next(iter(inner.expressions), None)
    return None if isinstance(inner, exp.Star) else inner


def _is_aggregate(node: exp.Expr) -> bool:
    if isinstance(node, exp.Anonymous):
        return node.name.upper() in _MORE_AGGREGATES
    return isinstance(node, exp.AggFunc) and not isinstance(node, _PICKS)


def _has_aggregate(node: exp.Expr) -> bool:
    if isinstance(node, (exp.Window, exp.Query)):
        return False
    return _is_aggregate(node) or any(_has_aggregate(part) for part in node.iter_expressions())


def _joined(origins: list[exp.Expr | None]) -> exp.Expr | None:
    joined = None
    for origin in origins:
        if origin is not None:
            joined = origin if joined is None else _call("list_concat", joined, origin)
    return joined


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _nothing() -> exp.Expr:
    return exp.cast(exp.null(), "bigint[]")
