"""Trace each column of a model to the columns that it is made of, out of the SQL alone.

sqlglot's own `lineage` answers for one column at a time and walks the query anew for each; here
every part of the query is walked once, which is some ten times as fast. A test holds the two
against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from .parts import Model
from .project import Project
from .trees import KEPT, FrozenSchema, frozen, qualified, thawed

Origin = tuple[str, str]


def column_lineage(project: Project, model: Model) -> dict[str, tuple[Origin, ...]]:
    """Return, for each column of a model, the (table, column) pairs that its value is made of.

    A column that only filters, joins, groups or orders is no origin; one within an expression, a
    window or a `case` is. A constant has none.
    """
    found = _traced(model.sql, frozen(project.schema(model)))
    return {column.name: found.get(column.name, ()) for column in model.contract.columns}


@lru_cache(KEPT)
def _traced(sql: str, schema: FrozenSchema) -> Mapping[str, tuple[Origin, ...]]:
    outputs: dict[int, dict[str, set[Origin]]] = {}
    found: dict[str, set[Origin]] = {}
    for scope in traverse_scope(qualified(sql, thawed(schema))):
        found = outputs[id(scope)] = _outputs(scope, outputs)
    return MappingProxyType({name: tuple(sorted(origins)) for name, origins in found.items()})


def _outputs(scope: Scope, outputs: dict[int, dict[str, set[Origin]]]) -> dict[str, set[Origin]]:
    if scope.set_operation_scopes:
        parts = [outputs[id(part)] for part in scope.set_operation_scopes]
        if scope.expression.args.get("by_name"):
            names = dict.fromkeys(name for part in parts for name in part)
            return {name: set().union(*(part.get(name, set()) for part in parts)) for name in names}
        # Otherwise they meet by position, under the names of the first.
        columns = zip(*(part.values() for part in parts), strict=True)
        return {name: set().union(*met) for name, met in zip(parts[0], columns, strict=True)}
    if not isinstance(scope.expression, exp.Select):
        return {}
    nested = {id(inner.expression): outputs.get(id(inner), {}) for inner in scope.subquery_scopes}
    found = {}
    for item in scope.expression.selects:
        origins = set().union(*(_origins(column, scope, outputs) for column in item.find_all(exp.Column)))
        for query in item.find_all(exp.Select, exp.SetOperation):
            origins |= set().union(*nested.get(id(query), {}).values())
        found[item.alias_or_name] = origins
    return found


def _origins(column: exp.Column, scope: Scope, outputs: dict[int, dict[str, set[Origin]]]) -> set[Origin]:
    source = scope.sources.get(column.table)
    if isinstance(source, Scope):
        return outputs.get(id(source), {}).get(column.name, set())
    if isinstance(source, exp.Table):
        return {(source.name, column.name)}
    return set()
