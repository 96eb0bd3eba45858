"""Draw the README's picture: how many Allies reach 2 % of GDP in each year, as each edition counts them.

Every figure in it is a cell of `edition_headline` in the current release; a test draws it anew and compares.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from ..reading.current import open_warehouse
from ..report.palette import light_and_dark
from ..settings import Settings

NAME = "edition-counts.svg"
WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 44, 76, 64, 44
# Labels closer than this would cover each other, in pixels.
LINE_HEIGHT = 19
# Of the newest edition first; the picture draws no more editions than there are colours.
COLOURS = ("blue", "green", "orange", "grey")
QUERY = """
    select edition_id, published_on, year, is_estimate, allies_at_2_pct
    from edition_headline
    where allies_at_2_pct is not null
    order by published_on, year
"""


@dataclass(frozen=True)
class Count:
    """Hold how many Allies one edition counts at 2 % in one year."""

    year: int
    is_estimate: bool
    allies: int


@dataclass(frozen=True)
class Line:
    """Hold what one edition counts in its years, in their order."""

    published_on: date
    colour: str
    counts: tuple[Count, ...]

    def at(self, year: int) -> int | None:
        """Return how many Allies the edition counts in a year; None where it does not cover it."""
        return next((count.allies for count in self.counts if count.year == year), None)


def draw(settings: Settings) -> str:
    """Draw the picture of the current release as SVG; raises `FileNotFoundError` where there is no release."""
    lines = _ask(settings)
    year = _most_revised(lines)
    years = [count.year for line in lines for count in line.counts]
    scale = _Scale(min(years), max(years), max(count.allies for line in lines for count in line.counts))
    told = ", ".join(f"{allies} ({_month(line.published_on)})" for line, allies in _told(lines, year))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">',
        f'<title id="t">Allies at 2 % of GDP in {year}, by edition: {escape(told)}</title>',
        '<desc id="d">One line for each edition of NATO\'s tables; hollow points are estimates of that edition.</desc>',
        f"<style>{_style()}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="8"/>',
        '<text class="head" x="20" y="30">Allies at 2 % of GDP on defence, as each edition counts them</text>',
        f'<text class="soft" x="20" y="50">{_answers(lines, year)}; hollow: an estimate of that edition</text>',
        *_axes(scale),
        *(part for line in lines for part in _drawn(line, scale)),
        *_labels(lines, year, scale),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


@dataclass(frozen=True)
class _Scale:
    first: int
    last: int
    most: int

    def x(self, year: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (year - self.first) / (self.last - self.first)

    def y(self, allies: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM - 8) * allies / self.most


def _ask(settings: Settings) -> list[Line]:
    rows = open_warehouse(settings.warehouse).execute(QUERY).fetchall()
    counts: dict[tuple[str, date], list[Count]] = defaultdict(list)
    for edition, published_on, year, is_estimate, allies in rows:
        counts[edition, published_on].append(Count(year, is_estimate, allies))
    newest = list(counts.items())[-len(COLOURS) :]
    coloured = zip(newest, reversed(COLOURS[: len(newest)]), strict=True)
    return [Line(published_on, colour, tuple(found)) for ((_, published_on), found), colour in coloured]


def _told(lines: list[Line], year: int) -> list[tuple[Line, int]]:
    """List the editions that cover a year, with their counts of it."""
    return [(line, allies) for line in lines if (allies := line.at(year)) is not None]


def _most_revised(lines: list[Line]) -> int:
    """Find the year of which the editions that cover it differ most; the latest of equals."""
    covered = {count.year for line in lines for count in line.counts}
    return max(covered, key=lambda year: (_spread(lines, year), year))


def _spread(lines: list[Line], year: int) -> int:
    allies = [allies for _, allies in _told(lines, year)]
    return max(allies) - min(allies)


def _answers(lines: list[Line], year: int) -> str:
    """Say how many different counts there are for the year."""
    different = len({allies for _, allies in _told(lines, year)})
    return f"{different} answer{'' if different == 1 else 's'} for {year}"


def _axes(scale: _Scale) -> list[str]:
    parts = []
    for allies in range(0, scale.most + 1, 10):
        y = scale.y(allies)
        parts.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="soft" text-anchor="end" x="{LEFT - 10}" y="{y + 5:.1f}">{allies}</text>')
    for year in range(scale.first, scale.last + 1, 2):
        parts.append(f'<text class="soft" text-anchor="middle" x="{scale.x(year):.1f}" y="{HEIGHT - 18}">{year}</text>')
    return parts


def _drawn(line: Line, scale: _Scale) -> list[str]:
    points = [(scale.x(count.year), scale.y(count.allies), count) for count in line.counts]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    dots = [
        f'<circle class="{line.colour} {"hollow" if count.is_estimate else "full"}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
        for x, y, count in points
    ]
    return [f'<polyline class="{line.colour} line" points="{path}"/>', *dots]


def _labels(lines: list[Line], year: int, scale: _Scale) -> list[str]:
    """Write each edition's count beside its point: the highest on the left, where no line runs, the others below."""
    parts, free = [], 0.0
    for place, (line, allies) in enumerate(sorted(_told(lines, year), key=lambda pair: -pair[1])):
        words = f"<tspan class='figure'>{allies}</tspan> by {escape(_month(line.published_on))}"
        if place == 0:
            parts.append(_label(line, words, scale.x(year) - 14, scale.y(allies) + 5, "end"))
        else:
            y = max(scale.y(allies) + 12, free)
            parts.append(_label(line, words, scale.x(year) + 14, y, "start"))
            free = y + LINE_HEIGHT
    # An edition that ends before the year is named where it begins, above its first point.
    for line in (line for line in lines if line.at(year) is None):
        first = line.counts[0]
        name = escape(_month(line.published_on))
        parts.append(_label(line, name, scale.x(first.year) - 6, scale.y(first.allies) - 12, "start"))
    return parts


def _label(line: Line, words: str, x: float, y: float, anchor: str) -> str:
    return f'<text class="{line.colour} label" text-anchor="{anchor}" x="{x:.1f}" y="{y:.1f}">{words}</text>'


def _style() -> str:
    """Write the drawing's styles in the report's colours, for light and for dark."""
    used = {name: light_and_dark(name) for name in ("paper", "ink", "soft", "rule", *COLOURS)}
    light = " ".join(f"--{name}: {bright};" for name, (bright, _) in used.items())
    dark = " ".join(f"--{name}: {deep};" for name, (_, deep) in used.items())
    each = "".join(f".{name} {{ --c: var(--{name}); }} " for name in COLOURS)
    return (
        f"svg {{ {light} font: 14px system-ui, -apple-system, 'Segoe UI', sans-serif; }} "
        f"@media (prefers-color-scheme: dark) {{ svg {{ {dark} }} }} {each}"
        ".paper { fill: var(--paper); } .head { fill: var(--ink); font-size: 18px; font-weight: 600; } "
        ".soft { fill: var(--soft); } .rule { stroke: var(--rule); } .line { stroke: var(--c); fill: none; "
        "stroke-width: 2.2; } .full { fill: var(--c); stroke: var(--c); } .hollow { fill: var(--paper); "
        "stroke: var(--c); stroke-width: 2; } .label { fill: var(--c); } .figure { font-weight: 700; font-size: 17px; }"
    )


def _month(day: date) -> str:
    return f"{day:%B %Y}"
