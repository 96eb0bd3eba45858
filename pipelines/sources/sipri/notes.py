"""Read SIPRI's footnotes, and say what the marks beside a state's name mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..text import printed
from ..workbook import Workbook
from .tables import NOTES, titles

_MARK = re.compile(r"\d+|[^\s\d,;]")
# The years of which a footnote speaks: 2004-2010, from 2006, before 1997, in 2021.
_SPAN = re.compile(r"\b((?:19|20)\d\d)\s?(?:[-–]|to|until)\s?((?:19|20)\d\d)\b")
_SINCE = re.compile(r"\b(?:from|since|after|onwards from)(?: the year)? ((?:19|20)\d\d)\b", re.I)
_UNTIL = re.compile(r"\b(?:prior to|before|until|up to(?: and including)?|to) ((?:19|20)\d\d)\b", re.I)
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")


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

    def of_marks(self, marks: object, year: int) -> str | None:
        """Return the marks of a row with their words, as far as they speak of a year; None where none does.

        They read `§ Figures ... | 4 Algeria: ...`. A footnote that names no year speaks of all.
        """
        found = _MARK.findall(printed(marks)) if marks is not None else []
        spoken = [mark for mark in found if speaks_of(self.texts.get(mark, ""), year)]
        return " | ".join(f"{mark} {self.texts.get(mark, '')}".strip() for mark in spoken) or None


def speaks_of(text: str, year: int) -> bool:
    """Tell whether a footnote speaks of a year: one that it names, or a span of them; of all where it names none."""
    spans = _spans(text)
    return not spans or any(first <= year <= last for first, last in spans)


# A release has a few hundred footnotes, and each is asked of every year of every table.
@lru_cache(4096)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    spans = [(int(first), int(last)) for first, last in _SPAN.findall(text)]
    rest = _SPAN.sub(" ", text)
    spans += [(int(first), 9999) for first in _SINCE.findall(rest)] + [(0, int(last)) for last in _UNTIL.findall(rest)]
    rest = _UNTIL.sub(" ", _SINCE.sub(" ", rest))
    return tuple(spans + [(int(only), int(only)) for only in _YEAR.findall(rest)])
