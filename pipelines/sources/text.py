"""Read the small texts of a table: folded words, year headers, row labels.

What belongs here: how a printed text is taken apart. What the parts mean stands in `layout.yml`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipelines.sources.observations import ESTIMATE, OUTTURN

MISSING = {"", "..", "...", "-"}
ERROR_VALUE = re.compile(r"^#(REF|DIV/0|N/A|NAME\?|NULL|NUM|VALUE|SPILL|CALC|GETTING_DATA)[!?]?$", re.I)
NUMBER = re.compile(r"^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$")
_YEAR = re.compile(r"^((?:19|20)\d\d)\s*(e)?$", re.I)
_LABEL = re.compile(r"^(?P<name>[^*()]+?)\s*(?P<first>\*+)?\s*(?:\((?P<currency>[^()]+)\))?\s*(?P<last>\*+)?$")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


def fold(value: object) -> str:
    """Fold a cell's text for comparison: one kind of blank and dash, no case, no outer blanks."""
    if value is None:
        return ""
    text = unicodedata.normalize("NFKC", str(value)).translate(_DASHES)
    return " ".join(text.split()).casefold()


def printed(value: object) -> str:
    """Give a cell's text as a person reads it: blanks collapsed, case kept; 2014.0 becomes 2014."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


@dataclass(frozen=True)
class YearHeader:
    """Hold one year header: the year, whether it is an estimate (`2024e`), and the text itself."""

    year: int
    is_estimate: bool
    text: str

    @property
    def status(self) -> str:
        """Return the status of the figures below this header."""
        return ESTIMATE if self.is_estimate else OUTTURN


def year_header(value: object) -> YearHeader | None:
    """Read `2014`, `'2019'`, `2024.0` or `2024e`; give None where the cell is no year."""
    if value is None or isinstance(value, bool):
        return None
    text = printed(value)
    match = _YEAR.match(text)
    return YearHeader(int(match[1]), match[2] is not None, text) if match else None


@dataclass(frozen=True)
class RowLabel:
    """Hold the parts of `Czechia*   (Koruny)`: name, marks (`*`) and currency, None where absent."""

    name: str
    marks: str | None
    currency: str | None


def row_label(value: object) -> RowLabel | None:
    """Take a row's label apart, whichever of star and currency comes first."""
    match = _LABEL.match(printed(value))
    if match is None:
        return None
    marks = (match["first"] or "") + (match["last"] or "")
    return RowLabel(match["name"], marks or None, match["currency"])


def is_missing(value: object) -> bool:
    """Tell whether a cell says that there is no figure: empty, `..`, `...` or a dash."""
    return value is None or (isinstance(value, str) and fold(value) in MISSING)


def is_error_value(value: object) -> bool:
    """Tell whether a cell holds a spreadsheet error such as `#REF!`."""
    return isinstance(value, str) and ERROR_VALUE.match(value.strip()) is not None


def number(value: object) -> float | None:
    """Read a figure from a number or from plain digits stored as text; None where it is neither.

    Grouped digits (`1,234`) are refused: the comma may be a decimal comma.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    text = str(value).strip()
    return float(text) if NUMBER.match(text) else None
