"""Know where NATO's workbooks are: linked from the topic page, or beside the PDF that is linked there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from ..publisher import Addresses

TOPIC_PAGE = "https://www.nato.int/en/what-we-do/introduction-to-nato/defence-expenditures-and-natos-5-commitment"
_PDF = re.compile(r"(?P<stem>[^/]*def-exp-\d{4})(?P<language>-en)\.pdf$", re.I)
_WORKBOOK = re.compile(r"[^/]*def-exp-\d{4}[^/]*\.xlsx$", re.I)


def discover(links: Sequence[str]) -> Addresses:
    """Pick workbooks from links, and guess those beside a PDF."""
    workbooks = tuple(link for link in links if _WORKBOOK.search(urlsplit(link).path))
    return Addresses(workbooks, tuple(name for link in links for name in _beside(link)))


def named_for(url: str, year: int) -> str:
    """Name the workbook of a year like that of another."""
    return re.sub(r"def-exp-\d{4}", f"def-exp-{year}", url)


def _beside(link: str) -> list[str]:
    """Name the workbooks that may stand beside a PDF: def-exp-2027-en.xlsx, and the older ...-TABLES-en.xlsx."""
    match = _PDF.search(urlsplit(link).path)
    if match is None:
        return []
    return [urljoin(link, match["stem"] + ending) for ending in ("-en.xlsx", "-TABLES-en.xlsx")]
