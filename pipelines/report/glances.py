"""Draw the first picture that an analyst would draw of a fact, small and large, as Markdown that holds an image.

The small one is shown at once where it is short (the Dagster UI folds away Markdown of 1,000 characters
and more), the large one with names and numbers behind a click. The large one is a Vega-Lite
specification drawn offline; it is kept beside the tables, so that an unchanged table draws nothing,
and nothing that draws is imported before there is something to draw. The report's own charts stand in `charts`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..models.tables import TableFile, connect, register
from .palette import PALE, on_white

BLUE, ORANGE, GREY, RULE = (on_white(name) for name in ("blue", "orange", "grey", "rule"))
LONGEST_SHOWN = 1000


@dataclass(frozen=True)
class Glance:
    """Hold the rows of a picture (a query), its title, and how it is drawn small and large."""

    query: str
    title: Callable[[pd.DataFrame], str]
    small: Callable[[pd.DataFrame], str]
    large: Callable[[pd.DataFrame], dict[str, Any]]


def glances(file: TableFile, kept: Path) -> dict[str, str]:
    """Return the pictures of a table as Markdown, `at a glance` and `picture`; none where it has no picture or rows."""
    picture = GLANCES.get(file.name)
    if picture is None:
        return {}
    connection = connect()
    register(connection, file.path.parent, [file.name])
    rows = connection.execute(picture.query).df()
    if rows.empty:
        return {}
    title = picture.title(rows)
    glance = f"{title}\n\n{_image(title, picture.small(rows))}"
    found = {"picture": f"{_image(title, _kept(picture, rows, title, kept / f'{file.name}.{file.fingerprint}.svg'))}"}
    return ({"at a glance": glance} if len(glance) < LONGEST_SHOWN else {}) | found


def _kept(picture: Glance, rows: pd.DataFrame, title: str, path: Path) -> str:
    if path.exists():
        return path.read_text(encoding="utf-8")
    # Half a second to import and to start; an unchanged table never gets here.
    import vl_convert

    frame = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "title": title, "background": "white"}
    drawn = vl_convert.vegalite_to_svg(frame | picture.large(rows))
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"{path.name.split('.')[0]}.*.svg"):
        old.unlink()
    path.write_text(drawn, encoding="utf-8")
    return drawn


def _image(alt: str, svg: str) -> str:
    return f"![{alt}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def _svg(width: int, height: int, *parts: str) -> str:
    size = f'width="{width}" height="{height}" font-size="10" font-family="sans-serif"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def _path(commands: list[str], style: str) -> str:
    return f'<path d="{"".join(commands)}" {style}/>'


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}">{text}</text>'


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


def _year(row: pd.Series[Any]) -> str:
    return f"{row['year']}{'e' if row['is_estimate'] else ''}"


def _growth_title(rows: pd.DataFrame) -> str:
    last = rows.iloc[-1]
    return f"Europe and Canada, {_year(last)}: real growth {last['growth_pct']:.1f} % ({last['edition_id']})"


def _growth_small(rows: pd.DataFrame) -> str:
    step, scale = 24, 60 / max(rows["growth_pct"].abs().max(), 1)
    zero = 75
    bars = [
        f"M{index * step} {zero}h18v{-value * scale:.0f}h-18z"
        for index, value in enumerate(rows["growth_pct"].tolist())
    ]
    last = rows["growth_pct"].iloc[-1]
    return _svg(
        step * len(rows) + 10,
        100,
        _path(bars, f'fill="{BLUE}"'),
        _label(0, 98, _year(rows.iloc[0])),
        _label(step * (len(rows) - 1) - 6, 98, _year(rows.iloc[-1])),
        _label(step * (len(rows) - 1) - 4, max(zero - last * scale - 4, 10), f"{last:.1f}"),
    )


def _growth_large(rows: pd.DataFrame) -> dict[str, Any]:
    shown = rows.assign(shown_year=rows.apply(_year, axis=1), text=rows["growth_pct"].map("{:.1f}".format))
    x = {"field": "shown_year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}}
    y = {"field": "growth_pct", "type": "quantitative", "title": "real growth as published, %"}
    opacity = {"condition": {"test": "datum.is_estimate", "value": PALE}, "value": 1}
    label = {"type": "text", "dy": {"expr": "datum.growth_pct < 0 ? 8 : -6"}, "fontSize": 10}
    return {
        "width": 560,
        "height": 240,
        "data": {"values": _values(shown)},
        "layer": [
            {"mark": {"type": "bar", "color": BLUE}, "encoding": {"x": x, "y": y, "opacity": opacity}},
            {"mark": label, "encoding": {"x": x, "y": y, "text": {"field": "text"}}},
        ],
    }


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


def _compliance_title(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return f"{rows['meets'].sum()} of {len(rows)} Allies with figures at 2 % in {_year(first)} ({first['edition_id']})"


def _compliance_small(rows: pd.DataFrame) -> str:
    top = max(rows["value_pct"].max(), 2.5)

    def height(value: float) -> int:
        return round(92 - 76 * value / float(top))

    dots = [f"M{index * 9 + 5} {height(value)}h0" for index, value in enumerate(rows["value_pct"].tolist())]
    line = height(rows["threshold_pct"].iloc[0])
    width = 9 * len(rows) + 60
    return _svg(
        width,
        95,
        _path(dots, f'stroke="{BLUE}" stroke-width="6" stroke-linecap="round"'),
        _path([f"M0 {line}h{width - 30}"], f'stroke="{ORANGE}"'),
        _label(width - 26, line + 4, "2 %"),
        _label(0, 9, f"{rows['entity_code'].iloc[0]} {rows['value_pct'].iloc[0]:.1f}"),
    )


def _compliance_large(rows: pd.DataFrame) -> dict[str, Any]:
    x = {"field": "entity_code", "type": "nominal", "sort": rows["entity_code"].tolist(), "title": None}
    y = {
        "field": "value_pct",
        "type": "quantitative",
        "title": "defence expenditure, % of GDP",
        "scale": {"zero": True},
    }
    colour = {"condition": {"test": "datum.meets", "value": BLUE}, "value": ORANGE}
    line = {"y": {"field": "threshold_pct", "type": "quantitative", "aggregate": "max"}}
    return {
        "width": 620,
        "height": 260,
        "data": {"values": _values(rows)},
        "layer": [
            {"mark": {"type": "rule", "color": ORANGE, "strokeDash": [6, 4]}, "encoding": line},
            {"mark": {"type": "rule", "color": RULE}, "encoding": {"x": x, "y": y}},
            {"mark": {"type": "point", "filled": True, "size": 70}, "encoding": {"x": x, "y": y, "color": colour}},
        ],
    }


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


def _share_title(rows: pd.DataFrame) -> str:
    last = rows.iloc[-1]
    return (
        f"The United States carry {last['usa_pct']:.1f} % of the total in {_year(last)}, constant prices "
        f"({last['edition_id']})"
    )


def _share_small(rows: pd.DataFrame) -> str:
    step, width = 24, 24 * len(rows)
    usa = [f"M{i * step} 80h18v{-0.8 * value:.0f}h-18z" for i, value in enumerate(rows["usa_pct"].tolist())]
    return _svg(
        width + 60,
        95,
        _path([f"M0 0h{width - 6}v80h-{width - 6}z"], f'fill="{GREY}" fill-opacity="{PALE}"'),
        _path(usa, f'fill="{BLUE}"'),
        _label(0, 93, _year(rows.iloc[0])),
        _label(width - 28, 93, _year(rows.iloc[-1])),
        _label(width, 60, f"US {rows['usa_pct'].iloc[-1]:.0f} %"),
        _label(width, 14, "others"),
    )


def _share_large(rows: pd.DataFrame) -> dict[str, Any]:
    wide = pd.DataFrame(
        {
            "shown_year": rows.apply(_year, axis=1),
            "United States": rows["usa_pct"],
            "Canada": rows["can_pct"],
            "Europe": 100 - rows["usa_pct"] - rows["can_pct"],
        }
    )
    long = wide.melt("shown_year", var_name="who", value_name="share_pct")
    order = ["United States", "Canada", "Europe"]
    long["place"] = long["who"].map(order.index)
    colour: dict[str, Any] = {"field": "who", "type": "nominal", "title": None, "sort": order}
    colour["scale"] = {"domain": order, "range": [BLUE, ORANGE, GREY]}
    y = {"field": "share_pct", "type": "quantitative", "title": "share of the total, %", "scale": {"domain": [0, 100]}}
    x = {"field": "shown_year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}}
    encoding = {"x": x, "y": y, "color": colour, "order": {"field": "place", "type": "quantitative"}}
    return {"width": 560, "height": 240, "data": {"values": _values(long)}, "mark": "bar", "encoding": encoding}


def _values(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.astype(object).to_dict(orient="records")]


GLANCES = {
    "fct_growth": Glance(GROWTH_ROWS, _growth_title, _growth_small, _growth_large),
    "fct_target_compliance": Glance(COMPLIANCE_ROWS, _compliance_title, _compliance_small, _compliance_large),
    "fct_contribution_share": Glance(SHARE_ROWS, _share_title, _share_small, _share_large),
}
