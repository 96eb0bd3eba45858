"""The command that tells where a number comes from, down to the published cells."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from .output import console, fail

if TYPE_CHECKING:
    from ..reading.explain import Figure, Origin

SHOWN = 8


def explain(
    context: typer.Context,
    table: Annotated[str, typer.Argument(help="A table or view, such as fct_growth.")],
    keys: Annotated[
        list[str] | None, typer.Argument(help="What names the row, in the order of the table's grain.")
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", "-c", help="One column, as a whole tree; all figures in brief otherwise.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole tree as JSON.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Show every cell instead of the first few.")] = False,
) -> None:
    """Explain a number: its formula, and the published cells that it was computed from.

    Examples:

      burdenshare explain fct_growth nato-2024-06 NATO_EUR_CAN 2024

      burdenshare explain fct_growth nato-2024-06 NATO_EUR_CAN 2024 --column real_growth_pct

      burdenshare explain compliance_count nato-2024-06 2024 gdp_2 --column allies_meeting_recomputed
    """
    from ..reading.current import NoRelease, current_release
    from ..reading.explain import CannotExplain, Lineage

    try:
        lineage = Lineage(current_release(context.obj))
        # The row first: a wrong key is the likelier mistake than a wrong column.
        lineage.find_row(table, tuple(keys or ()))
        columns = [column] if column else lineage.figure_columns(table)
        figures = [lineage.explain(table, tuple(keys or ()), name) for name in columns]
    except (CannotExplain, NoRelease) as error:
        raise fail(str(error)) from error
    shown = figures if column else [figure for figure in figures if figure.value is not None]
    if as_json:
        typer.echo(json.dumps([asdict(figure) for figure in shown], indent=2, ensure_ascii=False, default=str))
        return
    console.print(f"[bold]{table}[/] {' '.join(keys or ())}", highlight=False)
    for figure in shown:
        console.print()
        console.print(_tree(figure, every) if column else _brief(figure, every))
    if shown and not column:
        console.print("\nThe whole way of one figure: [bold]--column NAME[/].", highlight=False)
    _print_files(shown)


def _brief(figure: Figure, every: bool) -> Tree:
    """Draw a figure with its formula and, at once, the cells at the end of the way."""
    tree = _root(figure)
    leaves = _leaves(figure)
    for leaf, origin in leaves if every else leaves[:SHOWN]:
        tree.add(_leaf(leaf, origin))
    if len(leaves) > SHOWN and not every:
        tree.add(Text(f"and {len(leaves) - SHOWN} more; --all shows them", style="dim"))
    return tree


def _tree(figure: Figure, every: bool) -> Tree:
    tree = _root(figure)
    _grow(tree, figure, every)
    return tree


def _grow(tree: Tree, figure: Figure, every: bool) -> None:
    for child in figure.children if every else figure.children[:SHOWN]:
        if child.origin is not None:
            tree.add(_leaf(child, child.origin))
            continue
        keys = " ".join(map(str, child.keys.values()))
        branch = tree.add(Text.assemble((_value(child), "bold"), f"  {child.table} {keys}: {child.column}"))
        if len(child.formula) > 1 or " = " in "".join(child.formula):
            branch.add(_formula(child))
        _grow(branch, child, every)
    if len(figure.children) > SHOWN and not every:
        tree.add(Text(f"and {len(figure.children) - SHOWN} more; --all shows them", style="dim"))


def _root(figure: Figure) -> Tree:
    tree = Tree(Text.assemble((figure.column, "bold"), " is ", (_value(figure), "bold cyan")))
    tree.add(_formula(figure))
    return tree


def _formula(figure: Figure) -> Text:
    """Write the formula; for a figure that another table hands on, the one that made it."""
    while len(figure.children) == 1 and figure.formula == (f"{figure.children[0].table}.{figure.children[0].column}",):
        if not figure.children[0].formula:
            break
        figure = figure.children[0]
    return Text("\n".join(figure.formula), style="italic")


def _leaves(figure: Figure) -> list[tuple[Figure, Origin]]:
    return [(leaf, leaf.origin) for leaf in figure.leaves() if leaf.origin is not None]


def _leaf(leaf: Figure, origin: Origin) -> Text:
    place = origin.cell or f"Table {origin.table_id}" if origin.table_id else f"{leaf.table}.{leaf.column}"
    words = [origin.block, origin.label, origin.header] if origin.table_id else leaf.keys.values()
    held = "" if origin.cell or not origin.table_id else ", transcribed"
    keys = f"{leaf.keys['edition_id']}  " if "edition_id" in leaf.keys else ""
    return Text.assemble((_value(leaf), "green"), f"  {keys}{place}{held}  {' / '.join(str(w) for w in words if w)}")


def _value(figure: Figure) -> str:
    if figure.value is None:
        return "missing"
    if isinstance(figure.value, bool):
        return "yes" if figure.value else "no"
    return f"{figure.value} {figure.unit or ''}".rstrip()


def _print_files(figures: list[Figure]) -> None:
    """Name the files behind the cells, with their hashes."""
    origins = [origin for figure in figures for _, origin in _leaves(figure)]
    files = dict.fromkeys((origin.file, origin.sha256) for origin in origins if origin.file)
    if files:
        console.print()
    for name, sha256 in files:
        console.print(f"from {name}{f', SHA-256 {sha256}' if sha256 else ''}", highlight=False, style="dim")
