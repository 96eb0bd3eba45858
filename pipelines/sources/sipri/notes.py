"""Read SIPRI's footnotes, and say what the marks beside a state's name mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..text import printed
from ..workbook import Workbook
from .tables import NOTES, titles

_MARK = re.compile(r"\d+|[^\s\d,;]")


@dataclass(frozen=True)
class Notes:
    """Hold the text of each mark, a symbol or a number."""

    texts: dict[str, str]

    @classmethod
    def of(cls, workbook: Workbook) -> Notes:
        """Read the sheet of footnotes; without one, marks stay without words."""
        texts: dict[str, str] = {}
        for sheet in workbook.sheets:
            if any(NOTES.match(text) for text in titles(sheet)):
                for _, cells in sheet.rows():
                    first, *rest = (printed(value) for _, value in sorted(cells.items()))
                    if rest and _MARK.fullmatch(first):
                        texts[first] = " ".join(rest)
        return cls(texts)

    def of_marks(self, marks: object) -> str | None:
        """Return the marks of a cell with their words, `§ Figures ... | 4 Algeria: ...`; None where it is empty."""
        found = _MARK.findall(printed(marks)) if marks is not None else []
        return " | ".join(f"{mark} {self.texts.get(mark, '')}".strip() for mark in found) or None
