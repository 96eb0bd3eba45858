"""Take NATO's headers and labels apart. What the parts mean stands in `layout.yml` and the seeds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..observations import ESTIMATE, OUTTURN
from ..text import printed

_YEAR = re.compile(r"^((?:19|20)\d\d)\s*(e)?$", re.I)
_LABEL = re.compile(r"^(?P<name>[^*()]+?)\s*(?P<first>\*+)?\s*(?:\((?P<currency>[^()]+)\))?\s*(?P<last>\*+)?$")


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
