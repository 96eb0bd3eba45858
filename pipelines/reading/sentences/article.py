"""Part a text into its sentences, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Points that end no sentence.
_SHORT = r"(?<!\bU\.S)(?<!\bU\.K)(?<!\bU\.S\.A)(?<!\bNo)(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bGen)(?<!\bapprox)(?<!\bca)(?<!\bSt)"
_END = re.compile(rf"{_SHORT}[.!?][\"')\u201d\u2019]*(?=\s+[\"'(\u201c\u2018]?[A-Z0-9$\u20ac])|\n\s*\n|\Z")


@dataclass(frozen=True)
class Place:
    """Hold a sentence with the line and column of its first letter, counted from 1."""

    text: str
    line: int
    column: int


def sentences_of(text: str) -> Iterator[Place]:
    """Return the sentences of a text in their order."""
    start = 0
    for end in _END.finditer(text):
        piece = text[start : end.end()]
        first = start + len(piece) - len(piece.lstrip())
        if piece.strip():
            line_start = text.rfind("\n", 0, first) + 1
            yield Place(" ".join(piece.split()), text.count("\n", 0, first) + 1, first - line_start + 1)
        start = end.end()
