"""Put texts into Markdown: tables, code, the first sentence of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

NOTICE = "<!-- Written from the code by `python -m pipelines.docs`. Change the code, not this page. -->"


def page(title: str, *parts: str) -> str:
    """Put a page together: the notice, a title, then its parts with a blank line between them."""
    return "\n\n".join([NOTICE, f"# {title}", *(part.strip("\n") for part in parts if part)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; a bar inside a cell is escaped, a line break becomes a blank."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def code(text: str) -> str:
    """Set a name in type of its own; nothing stays nothing."""
    return f"`{text}`" if text else ""


def first_sentence(text: str) -> str:
    """Take the first sentence of a text, without its full stop."""
    sentence = re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0]
    return sentence.rstrip(".")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
