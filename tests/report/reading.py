"""Read written pages as a stranger would: figures, charts and links, out of the HTML alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import duckdb

from pipelines.report.apart import put_together

FIGURE = re.compile(
    r'<button type="button" class="figure[^"]*" data-origin="([^"]+)" data-value="([^"]*)"[^>]*>([^<]+)<'
)
ROWS = re.compile(
    r'data-chart="([^"]+)" data-spec="([^"]+)".*?<script type="application/json" class="rows">(.*?)</script>', re.S
)
SCALES = {"bn": 1000.0, "m": 1.0}


@dataclass(frozen=True)
class Shown:
    """Hold a figure as a page shows it: its cell in the release, its value in full, and its text."""

    origin: str
    value: float
    text: str


def whole(path: Path) -> str:
    """Read a page with all its variants, as it is once every edition was chosen."""
    site = next(folder for folder in path.parents if (folder / "assets").is_dir())
    return put_together(site, path.relative_to(site).as_posix())


def figures(html: str) -> list[Shown]:
    """Find every figure that names its cell, those of choices not yet made too."""
    return [Shown(unescape(o), float(unescape(v)), unescape(t)) for o, v, t in FIGURE.findall(html)]


def charts(html: str) -> list[tuple[str, str, list[dict]]]:
    """Find every chart: name, drawing, rows."""
    return [(name, spec, json.loads(rows)) for name, spec, rows in ROWS.findall(html)]


def written_number(text: str) -> tuple[float, float]:
    """Read a number as a person does; gives it with half of its last digit, which rounding may have moved."""
    # A chance at an end, and what is capped: half a percent to the end, and the cap.
    ends = {"under 1\u202f%": (0.5, 0.5), "over 99\u202f%": (99.5, 0.5)}
    if text.strip() in ends:
        return ends[text.strip()]
    found = re.fullmatch(
        r"(?:more than )?([+−]?)(\$?)([\d,]+)(?:\.(\d+))?(?:\s?(%|pp|bn|m|Ally|Allies))?", text.strip()
    )
    assert found, f"{text!r} is no number that this page should write"
    sign, dollar, whole, decimals, unit = found.groups()
    scale = SCALES[unit] if dollar else 1.0
    value = float(f"{whole.replace(',', '')}.{decimals or 0}") * scale * (-1 if sign == "−" else 1)
    return value, 0.5 * scale / 10 ** len(decimals or "")


class Cells:
    """Ask a release for single cells, a column at a time, with SQL written here."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, grains: dict[str, list[str]]):
        self._connection, self._grains, self._columns = connection, grains, {}

    def __getitem__(self, origin: str) -> float:
        cell, *keys = origin.split("|")
        if cell not in self._columns:
            table, column = cell.split(".")
            names = ", ".join(f"cast({name} as varchar)" for name in self._grains[table])
            rows = self._connection.cursor().execute(f"select [{names}], {column} from {table}").fetchall()
            self._columns[cell] = {tuple(found): value for found, value in rows}
            assert len(self._columns[cell]) == len(rows), f"{table} is not one row for {self._grains[table]}"
        return self._columns[cell][tuple(keys)]


class Outline(HTMLParser):
    """List what a page links to, what it names, and its headings; templates are listed apart from what is there."""

    def __init__(self, path: Path):
        super().__init__()
        self.path, self.links, self.ids, self.headings, self.sources = path, [], [], [], []
        self._templates = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element says."""
        known = dict(attrs)
        self._templates += tag == "template"
        if "href" in known:
            (self.links if tag == "a" else self.sources).append(known["href"])
        if "src" in known:
            self.sources.append(known["src"])
        if not self._templates:
            self.ids += [known["id"]] if "id" in known else []
            self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []

    def handle_endtag(self, tag: str) -> None:
        """Leave a template."""
        self._templates -= tag == "template"
