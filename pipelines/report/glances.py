"""Draw the first picture that an analyst would draw of a fact, small and large, as Markdown that holds an image.

The small one is shown at once where it is short (the Dagster UI folds away Markdown of 1,000 characters
and more), the large one with its axes, names and numbers behind a click. Both are written as SVG by hand: what
draws charts from a specification takes longer to start than twenty tables to make. The report's own charts stand in
`charts`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from ..models.tables import TableFile, reading
from .palette import PALE, on_white

BLUE, ORANGE, GREY, RULE = (on_white(name) for name in ("blue", "orange", "grey", "rule"))
LONGEST_SHOWN = 1000

Row = dict[str, Any]


@dataclass(frozen=True)
class Glance:
    """Hold the rows of a picture (a query), its title, and how it is drawn small and large."""

    query: str
    title: Callable[[list[Row]], str]
    small: Callable[[list[Row]], str]
    large: Callable[[list[Row], str], str]


def glances(file: TableFile) -> dict[str, str]:
    """Return the pictures of a table as Markdown, `at a glance` and `picture`; none where it has no picture or rows."""
    picture = GLANCES.get(file.name)
    if picture is None:
        return {}
    found = reading(file.path.parent, [file.name]).execute(picture.query)
    names = [name for name, *_ in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    if not rows:
        return {}
    title = picture.title(rows)
    glance = f"{title}\n\n{_image(title, picture.small(rows))}"
    large = _image(title, picture.large(rows, title))
    return ({"at a glance": glance} if len(glance) < LONGEST_SHOWN else {}) | {"picture": large}


def _image(alt: str, svg: str) -> str:
    return f"![{alt}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def _svg(width: int, height: int, *parts: str) -> str:
    size = f'width="{width}" height="{height}" font-size="10" font-family="sans-serif"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def _path(commands: Iterable[str], style: str) -> str:
    return f'<path d="{"".join(commands)}" {style}/>'


def _label(x: float, y: float, text: str, style: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}"{style}>{escape(text)}</text>'


MIDDLE = ' text-anchor="middle"'
# Where the field of a large picture begins, and what lies around it: numbers at its left, names below, a title above.
LEFT, TOP, TALL, BELOW = 48, 40, 240, 40


def _large(title: str, unit: str, wide: int, ticks: Iterable[tuple[float, str]], *parts: str) -> str:
    """Frame what was drawn: on white, with a title, the name of what is measured, and a line for each tick."""
    lines = [
        _path([f"M{LEFT} {y:.1f}h{wide}"], f'stroke="{RULE}"') + _label(LEFT - 4, y + 4, text, ' text-anchor="end"')
        for y, text in ticks
    ]
    named = _label(LEFT, TOP - 8, unit) + _label(
        LEFT + wide / 2, 16, title, f'{MIDDLE} font-size="13" font-weight="bold"'
    )
    ground = '<rect width="100%" height="100%" fill="white"/>'
    return _svg(LEFT + wide + 12, TOP + TALL + BELOW, ground, named, *lines, *parts)


def _scale(low: float, high: float, step: float) -> tuple[Callable[[float], float], list[tuple[float, str]]]:
    """Return where a value lies on a large picture, and its ticks: all multiples of `step` that span the values."""
    first, last = min(0, int(low // step)), max(1, -int(-high // step))
    heights = {n: TOP + TALL * (last - n) / (last - first) for n in range(first, last + 1)}
    return lambda value: TOP + TALL * (last - value / step) / (last - first), [
        (y, f"{n * step:g}") for n, y in heights.items()
    ]


# --- growth: a bar for each year -------------------------------------------------------------------
GROWTH_ROWS = """
with newest as (
    select max(edition_id) as edition_id
    from fct_growth
    where entity_code = 'NATO_EUR_CAN' and real_growth_published_pct is not null
)

select edition_id, year, is_estimate, real_growth_published_pct as growth_pct
from fct_growth
inner join newest using (edition_id)
where entity_code = 'NATO_EUR_CAN' and real_growth_published_pct is not null
order by year
"""


def _year(row: Row) -> str:
    return f"{row['year']}{'e' if row['is_estimate'] else ''}"


def _growth_title(rows: list[Row]) -> str:
    last = rows[-1]
    return f"Europe and Canada, {_year(last)}: real growth {last['growth_pct']:.1f} % ({last['edition_id']})"


def _growth_small(rows: list[Row]) -> str:
    values = [row["growth_pct"] for row in rows]
    step, scale = 24, 60 / max(*map(abs, values), 1)
    zero = 75
    bars = [f"M{index * step} {zero}h18v{-value * scale:.0f}h-18z" for index, value in enumerate(values)]
    return _svg(
        step * len(rows) + 10,
        100,
        _path(bars, f'fill="{BLUE}"'),
        _label(0, 98, _year(rows[0])),
        _label(step * (len(rows) - 1) - 6, 98, _year(rows[-1])),
        _label(step * (len(rows) - 1) - 4, max(zero - values[-1] * scale - 4, 10), f"{values[-1]:.1f}"),
    )


def _growth_large(rows: list[Row], title: str) -> str:
    values = [row["growth_pct"] for row in rows]
    height, ticks = _scale(min(values), max(values), 2)
    step = 560 / len(rows)
    parts = []
    for index, (row, value) in enumerate(zip(rows, values, strict=True)):
        x, middle = LEFT + step * (index + 0.1), LEFT + step * (index + 0.5)
        opacity = f' fill-opacity="{PALE}"' if row["is_estimate"] else ""
        parts += [
            _path(
                [f"M{x:.1f} {height(0):.1f}h{step * 0.8:.1f}V{height(value):.1f}h-{step * 0.8:.1f}z"],
                f'fill="{BLUE}"{opacity}',
            ),
            _label(middle, height(value) + (12 if value < 0 else -4), f"{value:.1f}", MIDDLE),
            _label(middle, TOP + TALL + 16, _year(row), MIDDLE),
        ]
    return _large(title, "real growth as published, %", 560, ticks, *parts)


# --- compliance: a dot for each Ally against the target's line -------------------------------------
COMPLIANCE_ROWS = """
with known as (
    select edition_id, entity_code, year, is_estimate, threshold_pct, value_pct, compliance_status
    from fct_target_compliance
    where target_id = 'gdp_2' and value_pct is not null and is_member
),

newest as (
    select edition_id, max(year) as year
    from known
    where edition_id = (select max(edition_id) from known)
    group by edition_id
)

select edition_id, entity_code, year, is_estimate, threshold_pct, value_pct, compliance_status = 'meets' as meets
from known
inner join newest using (edition_id, year)
order by value_pct desc, entity_code
"""


def _compliance_title(rows: list[Row]) -> str:
    first, met = rows[0], sum(row["meets"] for row in rows)
    return f"{met} of {len(rows)} Allies with figures at 2 % in {_year(first)} ({first['edition_id']})"


def _compliance_small(rows: list[Row]) -> str:
    top = max(*(row["value_pct"] for row in rows), 2.5)

    def height(value: float) -> int:
        return round(92 - 76 * value / float(top))

    dots = [f"M{index * 9 + 5} {height(row['value_pct'])}h0" for index, row in enumerate(rows)]
    line = height(rows[0]["threshold_pct"])
    width = 9 * len(rows) + 60
    return _svg(
        width,
        95,
        _path(dots, f'stroke="{BLUE}" stroke-width="6" stroke-linecap="round"'),
        _path([f"M0 {line}h{width - 30}"], f'stroke="{ORANGE}"'),
        _label(width - 26, line + 4, "2 %"),
        _label(0, 9, f"{rows[0]['entity_code']} {rows[0]['value_pct']:.1f}"),
    )


def _compliance_large(rows: list[Row], title: str) -> str:
    height, ticks = _scale(0, max(row["value_pct"] for row in rows), 0.5)
    step, threshold = 620 / len(rows), max(row["threshold_pct"] for row in rows)
    line = _path([f"M{LEFT} {height(threshold):.1f}h620"], f'stroke="{ORANGE}" stroke-dasharray="6 4"')
    parts = []
    for index, row in enumerate(rows):
        x, y = LEFT + step * (index + 0.5), height(row["value_pct"])
        turned = f' text-anchor="end" transform="rotate(-90 {x:.0f} {TOP + TALL + 6})"'
        parts += [
            _path([f"M{x:.1f} {height(0):.1f}V{y:.1f}"], f'stroke="{RULE}"'),
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{BLUE if row["meets"] else ORANGE}"/>',
            _label(x, TOP + TALL + 9, row["entity_code"], turned),
        ]
    return _large(title, "defence expenditure, % of GDP", 620, ticks, line, *parts)


# --- shares: who carries the total, year by year ---------------------------------------------------
SHARE_ROWS = """
with shares as (
    select edition_id, entity_code, year, is_estimate, share_of_total_pct
    from fct_contribution_share
    where price_basis = 'constant' and is_member and share_of_total_pct is not null
        and entity_code in ('USA', 'CAN', 'NATO_TOTAL')
),

newest as (
    select max(edition_id) as edition_id from shares
)

select
    edition_id,
    year,
    is_estimate,
    max(share_of_total_pct) filter (where entity_code = 'USA') as usa_pct,
    max(share_of_total_pct) filter (where entity_code = 'CAN') as can_pct
from shares
inner join newest using (edition_id)
group by all
having usa_pct is not null and can_pct is not null
order by year
"""


def _share_title(rows: list[Row]) -> str:
    last = rows[-1]
    return (
        f"The United States carry {last['usa_pct']:.1f} % of the total in {_year(last)}, constant prices "
        f"({last['edition_id']})"
    )


def _share_small(rows: list[Row]) -> str:
    step, width = 24, 24 * len(rows)
    usa = [f"M{i * step} 80h18v{-0.8 * row['usa_pct']:.0f}h-18z" for i, row in enumerate(rows)]
    return _svg(
        width + 60,
        95,
        _path([f"M0 0h{width - 6}v80h-{width - 6}z"], f'fill="{GREY}" fill-opacity="{PALE}"'),
        _path(usa, f'fill="{BLUE}"'),
        _label(0, 93, _year(rows[0])),
        _label(width - 28, 93, _year(rows[-1])),
        _label(width, 60, f"US {rows[-1]['usa_pct']:.0f} %"),
        _label(width, 14, "others"),
    )


def _share_large(rows: list[Row], title: str) -> str:
    height, ticks = _scale(0, 100, 20)
    step, colours = 480 / len(rows), {"United States": BLUE, "Canada": ORANGE, "Europe": GREY}
    parts = []
    for index, row in enumerate(rows):
        x, below = LEFT + step * (index + 0.05), 0.0
        parts.append(_label(x + step * 0.45, TOP + TALL + 16, _year(row), MIDDLE))
        shares = (row["usa_pct"], row["can_pct"], 100 - row["usa_pct"] - row["can_pct"])
        for share, colour in zip(shares, colours.values(), strict=True):
            bar = f"M{x:.1f} {height(below):.1f}h{step * 0.9:.1f}V{height(below + share):.1f}h-{step * 0.9:.1f}z"
            parts.append(_path([bar], f'fill="{colour}"'))
            below += share
    for place, (name, colour) in enumerate(colours.items()):
        y = TOP + 14 + 18 * place
        parts += [_path([f"M{LEFT + 490} {y}h10v-10h-10z"], f'fill="{colour}"'), _label(LEFT + 505, y - 1, name)]
    return _large(title, "share of the total, %", 580, ticks, *parts)


GLANCES = {
    "fct_growth": Glance(GROWTH_ROWS, _growth_title, _growth_small, _growth_large),
    "fct_target_compliance": Glance(COMPLIANCE_ROWS, _compliance_title, _compliance_small, _compliance_large),
    "fct_contribution_share": Glance(SHARE_ROWS, _share_title, _share_small, _share_large),
}
