"""Write the formula of a model's column from its SQL, step by step, as a person would read it."""

from __future__ import annotations

from sqlglot import exp

from .trees import Schema, qualified


def read_formulas(sql: str, schema: Schema) -> dict[str, tuple[str, ...]]:
    """Write the formula of every output column of a query: lines `name = expression`, the result first.

    What a line names and a later line defines comes from the query itself; `table.column` comes from
    another table. A column that is only passed on has the one line `table.column`.
    """
    tree = qualified(sql, schema)
    ctes = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    return {name: _Steps(ctes).of(tree, name) for name in tree.named_selects}


class _Steps:
    def __init__(self, ctes: dict[str, exp.Query]) -> None:
        self.ctes = ctes
        self.lines: dict[str, str] = {}

    def of(self, query: exp.Query, name: str) -> tuple[str, ...]:
        text = self._define(query, name)
        rest = tuple(f"{step} = {line}" for step, line in self.lines.items() if step != name)
        return (text, *rest) if text.count(" ") == 0 and not rest else (f"{name} = {text}", *rest)

    def _define(self, query: exp.Query, name: str) -> str:
        """Write a column's expression, after passing through queries that only hand it on."""
        if isinstance(query, exp.SetOperation):
            branches = [self._define(query.left, name), self._define(query.right, name)]
            return " or ".join(dict.fromkeys(branch for branch in branches if branch != "NULL"))
        if isinstance(query, exp.Subquery):
            return self._define(query.this, name)
        part = next((part.unalias() for part in query.selects if part.alias_or_name == name), None)
        if part is None:
            return "NULL"
        if not isinstance(query, exp.Select):
            return part.sql(dialect="duckdb")
        if isinstance(part, exp.Column) and (inner := self._inner(query, part)) is not None:
            return self._define(inner, part.name)
        return self._write(query, part)

    def _write(self, query: exp.Select, expression: exp.Expr) -> str:
        # Wrapped, so that an expression which is one column can be replaced too.
        written = exp.Paren(this=expression.copy())
        for window in list(written.find_all(exp.Window)):
            _spell_out(window, query.args.get("windows") or [])
        for cast in list(written.find_all(exp.Cast)):
            if cast.to.is_type("double"):
                # The cast held its expression together: `cast(a - b as double) / c` is `(a - b) / c`.
                inner = cast.this
                cast.replace(exp.Paren(this=inner) if isinstance(inner, exp.Binary) else inner)
        for column in list(written.find_all(exp.Column)):
            column.replace(exp.var(column.name if _only_decides(column) else self._named(query, column)))
        for picked in list(written.find_all(exp.Filter)):
            if place := _picked(picked):
                picked.replace(exp.var(place if picked.parent is written else f"({place})"))
        text: str = written.this.sql(dialect="duckdb", comments=False)
        return text

    def _named(self, query: exp.Select, column: exp.Column) -> str:
        inner = self._inner(query, column)
        if inner is None:
            source = _source(query, column.table)
            return f"{source.name}.{column.name}" if isinstance(source, exp.Table) else column.name
        if column.name not in self.lines:
            self.lines[column.name] = ""
            text = self._define(inner, column.name)
            if "." in text and " " not in text:
                del self.lines[column.name]
                return text
            self.lines[column.name] = text
        return column.name

    def _inner(self, query: exp.Select, column: exp.Column) -> exp.Query | None:
        source = _source(query, column.table)
        if isinstance(source, exp.Subquery):
            return source.this if isinstance(source.this, exp.Query) else None
        return self.ctes.get(source.name) if isinstance(source, exp.Table) else None


def _spell_out(window: exp.Window, named: list[exp.Window]) -> None:
    """Put a named window's specification in the place of its name."""
    for spec in named:
        if spec.name == window.alias:
            for part in ("partition_by", "order", "spec"):
                window.set(part, spec.args.get(part) and _copied(spec.args[part]))
            window.set("alias", None)


def _copied(part: exp.Expr | list[exp.Expr]) -> exp.Expr | list[exp.Expr]:
    return [item.copy() for item in part] if isinstance(part, list) else part.copy()


def _picked(part: exp.Filter) -> str | None:
    """Write `value where key = 'name'` for the one row that a pivot picks: `max(value) filter (where key = 'name')`."""
    value, condition = part.this.this, part.expression.this
    is_pick = isinstance(part.this, (exp.Max, exp.AnyValue)) and isinstance(value, exp.Var)
    if not is_pick or not isinstance(condition, exp.EQ) or not isinstance(condition.expression, exp.Literal):
        return None
    return f"{value.name} where {condition.sql(dialect='duckdb')}"


def _only_decides(column: exp.Column) -> bool:
    """Tell whether a column only decides which figures count: then its name is enough in a formula."""
    node: exp.Expr = column
    parent = column.parent
    while parent is not None:
        if isinstance(parent, (exp.Where, exp.Order)) or (isinstance(parent, exp.Window) and node is not parent.this):
            return True
        if isinstance(parent, exp.If) and node is parent.this and isinstance(parent.parent, exp.Case):
            branches = [*(part.args["true"] for part in parent.parent.args["ifs"]), parent.parent.args.get("default")]
            if any(branch is not None and branch.find(exp.Column, exp.Var) for branch in branches):
                return True
        node, parent = parent, parent.parent
    return False


def _source(select: exp.Select, alias: str) -> exp.Expr | None:
    from_ = select.args.get("from_")
    items = [*([from_.this] if from_ else []), *(join.this for join in select.args.get("joins") or [])]
    return next((item for item in items if item.alias_or_name == alias), None)
