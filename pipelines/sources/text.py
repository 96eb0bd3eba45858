"""Read the small texts of any publisher's table: folded words, numbers, and what stands for no figure."""

from __future__ import annotations

import re
import unicodedata

MISSING = {"", "..", "...", "-"}
ERROR_VALUE = re.compile(r"^#(REF|DIV/0|N/A|NAME\?|NULL|NUM|VALUE|SPILL|CALC|GETTING_DATA)[!?]?$", re.I)
NUMBER = re.compile(r"^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$")
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
