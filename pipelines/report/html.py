"""Write what there is most of, figures and rows of tables, as HTML: hundreds of thousands, too many for templates."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from .content import Figure, Table, Words

_UNSAFE = re.compile("[&<>\"']")


def figure(it: Figure, root: str) -> Markup:
    """Write a figure: a button that tells where it comes from, a link seen from `root`, or text."""
    return Markup(_figure(it, root))


def words(it: Words | str, root: str) -> Markup:
    """Write a sentence: text, or text with figures in it."""
    parts = [it] if isinstance(it, str) else it
    return Markup("".join(_safe(part) if isinstance(part, str) else _figure(part, root) for part in parts))


def rows(it: Table, root: str) -> Markup:
    """Write the rows of a table, each in a line; the first cell of a row is its head."""
    numeric = [' class="n"' if column.numeric else "" for column in it.columns]
    lines = []
    for place, row in enumerate(it.rows):
        key = f' data-ally="{_safe(it.keys[place])}"' if it.keys else ""
        cells = [
            f'<td{css} data-key="{_safe(cell.sort_key)}">{_figure(cell, root)}</td>'
            for cell, css in zip(row, numeric, strict=True)
        ]
        # A row's head is written as its other cells are, but for the name of the element.
        cells[0] = f'<th scope="row"{cells[0][3:-5]}</th>'
        lines.append(f"<tr{key}>{''.join(cells)}</tr>\n")
    return Markup("".join(lines))


def _figure(it: Figure, root: str) -> str:
    text = _safe(it.text)
    title = f' title="{_safe(it.title)}"' if it.title else ""
    if it.origin:
        told = f'data-origin="{_safe(it.origin)}" data-value="{_safe(str(it.value))}"'
        return f'<button type="button" class="figure {it.css}" {told}{title}>{text}</button>'
    if it.href:
        return f'<a href="{root}{_safe(it.href)}" data-keep class="{it.css}">{text}</a>'
    return f'<span class="{it.css}"{title}>{text}</span>' if it.css else text


def _safe(text: str) -> str:
    return str(escape(text)) if _UNSAFE.search(text) else text
