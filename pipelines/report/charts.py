"""How charts are drawn: Vega-Lite drawings, made with altair, that take their rows from the page.

One drawing serves every variant of a chart and every Ally's page. Colours are names of the style
sheet's variables, so that light, dark and print each have their own; shapes, dashes and labels say
the same as the colours. Titles stand in the page, where screen readers and translators find them.
"""

from __future__ import annotations

from typing import Any, cast

import altair as alt

ROWS = alt.NamedData("rows")
# The style sheet gives these for light and dark; Okabe and Ito's colours, which colour-blind people tell apart.
BLUE, ORANGE, GREEN, GREY = "var(--blue)", "var(--orange)", "var(--green)", "var(--grey)"
INK, SOFT, PAPER = "var(--ink)", "var(--soft)", "var(--paper)"
# `min`, because layers share the axis and Vega-Lite then wants an operation.
ORDER = alt.EncodingSortField("order", op="min", order="ascending")
FEW = alt.Axis(tickCount=alt.expr("width < 420 ? 4 : 8"))
# The page's script makes of it a height by the number of rows.
BAR_STEP = 21
# What the estimates of an edition look like: pale with a dashed edge in the full colour, or hollow.
PALE = 0.35
ESTIMATES = "Pale with a dashed edge: estimates."
DASHES = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2]]
# Square corners: for round ones Vega-Lite puts a group around the bars, whose solid edge hides the dashes.
BAR: dict[str, Any] = {"strokeWidth": 1.2}
# Room beyond the bars for the figures at their ends, in pixels.
ROOM = 42


def specs(*names: str) -> dict[str, dict[str, Any]]:
    """Make the drawings that a page needs, by name, ready to be inlined."""
    return {name: _finish(DRAWINGS[name]()) for name in names}


def _finish(chart: alt.TopLevelMixin) -> dict[str, Any]:
    spec: dict[str, Any] = chart.to_dict()
    spec.pop("config", None)
    return spec


def _layered(*charts: alt.Chart | alt.LayerChart) -> alt.LayerChart:
    """Lay drawings over each other, the first lowest."""
    # None of them is a facet, of which altair would make one of facets.
    return cast(alt.LayerChart, alt.layer(*charts))


def _by_estimate(actual: Any, estimate: Any) -> Any:
    return alt.condition("datum.estimate", alt.value(estimate), alt.value(actual))


def _years(title: str | None = None) -> alt.X:
    return alt.X("year:O", title=title, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False, grid=False))


def _filled(field: str, domain: list[str] | None, colours: list[str], **legend: Any) -> dict[str, Any]:
    """Colour bars by a field, their edges with them: one scale and one legend for both.

    Without a domain the colours go by the order of the rows.
    """
    scale = alt.Scale(domain=domain, range=colours) if domain else alt.Scale(range=colours)
    how: dict[str, Any] = {"scale": scale, "legend": _legend(symbolType="square", **legend), "title": None}
    how |= {} if domain else {"sort": None}
    return {"fill": alt.Fill(f"{field}:N", **how), "stroke": alt.Stroke(f"{field}:N", **how)}


def _legend(columns: int = 2, **more: Any) -> alt.Legend:
    """Set series side by side, and one below the other where the plot is as narrow as a phone's."""
    fitting = alt.expr(f"width < 420 ? 1 : {columns}")
    return alt.Legend(orient="top", direction="horizontal", labelLimit=0, columns=fitting, **{"offset": 6} | more)


def _edges() -> dict[str, Any]:
    """Mark estimates by a pale filling and a dashed edge; the edge has the bar's full colour."""
    return {"fillOpacity": _by_estimate(1, PALE), "strokeDash": _by_estimate([1, 0], [3, 2])}


def _tooltip(**fields: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(field, title=title.replace("_", " ")) for title, field in fields.items()]


PUBLISHED, LIKE_FOR_LIKE, SUMMED = "As published", "Like for like", "Sum of each year's members"
WITHOUT_BREAKS = "Without broken Allies"


def growth_by_year() -> alt.LayerChart:
    """Draw real growth by year; rows: year, series, value, label, estimate.

    The first series is the plain reading of the group: as published, or like for like where we add it up; what it is
    held against stands beside it. A legend names what is there.
    """
    bars = (
        alt.Chart(ROWS, width="container", height=260)
        .mark_bar(**BAR)
        .encode(
            x=_years(),
            xOffset=alt.XOffset("series:N", sort=[PUBLISHED, LIKE_FOR_LIKE, SUMMED, WITHOUT_BREAKS]),
            y=alt.Y("value:Q", title="Real growth, %"),
            **_filled("series", None, [BLUE, ORANGE]),
            **_edges(),
            tooltip=_tooltip(Year="year:O", Series="series:N", Real_growth="label:N"),
        )
    )
    return _layered(bars, _zero())


def _fixed(*rows: dict[str, Any]) -> alt.InlineData:
    """Hold rows that belong to the drawing: lines at 2 %, and what they are called."""
    return alt.InlineData(list(rows))


def _zero() -> alt.Chart:
    rule = alt.Chart(_fixed({"zero": 0})).mark_rule(color=INK, strokeWidth=0.8)
    return cast(alt.Chart, rule.encode(y="zero:Q"))


def contributions() -> alt.LayerChart:
    """Draw each Ally's contribution to growth, largest first; rows: ally, value, label, order, estimate, code."""
    base = _by_ally(["Contribution to real growth,", "percentage points"], _room(left=ROOM))
    bars = base.mark_bar(**BAR, fill=BLUE, stroke=BLUE).encode(
        **_edges(), tooltip=_tooltip(Ally="ally:N", Contribution="label:N")
    )
    return _layered(_edge_of_chosen(base), bars, *_end_labels(base))


def _by_ally(title: str | list[str], scale: alt.Scale) -> alt.Chart:
    """Begin a chart of one row for each Ally, as long as it has rows."""
    return alt.Chart(ROWS, width="container", height=alt.Step(BAR_STEP)).encode(
        y=alt.Y("ally:N", sort=ORDER, title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=5)),
        x=alt.X("value:Q", title=title, axis=FEW, scale=scale),
    )


def _room(left: int) -> alt.Scale:
    """Keep room for the figures at the ends of the bars: on the right, and on the left where bars go there."""
    return alt.Scale(range=[left, alt.expr(f"width - {ROOM}")])


def _end_labels(base: alt.Chart) -> list[alt.Chart]:
    """Write each bar's figure beyond its end, whichever side of zero that is, on a rim that lines do not cross."""
    place: dict[str, Any] = {
        "align": alt.expr("datum.value < 0 ? 'right' : 'left'"),
        "dx": alt.expr("datum.value < 0 ? -5 : 5"),
        "fontSize": 11,
    }
    rim = base.mark_text(**place, stroke=PAPER, strokeWidth=7, strokeJoin="round", color=PAPER)
    return [layer.encode(text="label:N") for layer in (rim, base.mark_text(**place, color=INK))]


def _chosen(mark: alt.Chart) -> alt.Chart:
    """Show a mark for the Ally that the reader chose alone; the page sets the parameter `ally`."""
    return mark.transform_filter("datum.code == ally").add_params(alt.param(name="ally", value=""))


def _edge_of_chosen(base: alt.Chart) -> alt.Chart:
    """Put a bold edge around the chosen Ally's bar, under the bar, which answers to the mouse."""
    return _chosen(base.mark_bar(filled=False, stroke=INK, strokeWidth=4))


COMPLIANCE_GROUPS = ["Both guidelines", "2 % of GDP only", "20 % equipment only", "Neither"]


def guideline_scatter() -> alt.LayerChart:
    """Draw share of GDP against equipment share, with NATO's lines; rows: ally, code, gdp, equipment, group.

    The axis of GDP does not begin at zero, which would press the Allies around 2 % together.
    """
    shares = alt.Chart(_fixed({"at": 2, "name": "2 %"}, {"at": 3.5, "name": "3.5 %"})).encode(x="at:Q")
    parts = alt.Chart(_fixed({"at": 20, "name": "20 %"})).encode(y="at:Q")
    lines = [chart.mark_rule(color=GREY, strokeDash=[4, 3], style="lines") for chart in (shares, parts)]
    heads = [
        shares.mark_text(align="left", dx=4, color=SOFT, style="heads").encode(text="name:N", y=alt.value(7)),
        parts.mark_text(align="right", dy=-7, color=SOFT, style="heads").encode(text="name:N", x=alt.value("width")),
    ]
    base = alt.Chart(ROWS, width="container", height=430).encode(
        x=alt.X("gdp:Q", title="Defence expenditure, % of GDP", axis=FEW, scale=alt.Scale(zero=False, padding=12)),
        y=alt.Y("equipment:Q", title="Equipment, % of defence expenditure", axis=FEW, scale=alt.Scale(zero=True)),
    )
    legend = _legend()
    colours = alt.Scale(domain=COMPLIANCE_GROUPS, range=[BLUE, GREEN, ORANGE, GREY])
    shapes = alt.Scale(domain=COMPLIANCE_GROUPS, range=["circle", "square", "triangle-up", "diamond"])
    places = base.mark_point(size=70, strokeWidth=1.4, style="places").encode(
        fill=alt.Fill("group:N", title=None, legend=legend, scale=colours),
        stroke=alt.Stroke("group:N", title=None, legend=legend, scale=colours),
        shape=alt.Shape("group:N", title=None, legend=legend, scale=shapes),
        fillOpacity=_by_estimate(1, PALE),
        tooltip=_tooltip(Ally="ally:N", Share_of_GDP="gdp_label:N", Equipment="equipment_label:N", Status="group:N"),
    )
    # The page's script moves these names where they hide neither points nor lines nor each other.
    names = base.mark_text(fontSize=10, color=INK, style="names").encode(text="code:N")
    ring = _chosen(base.mark_point(filled=False, size=330, strokeWidth=2.5, color=INK))
    return _layered(*lines, *heads, ring, places, names)


LEVELS = ["3.5 % or more", "2 % to 3.5 %", "below 2 %"]


def target_bars() -> alt.LayerChart:
    """Draw every Ally's share of GDP with the lines at 2 and 3.5 %; rows: ally, code, value, label, order, level."""
    lines = (
        alt.Chart(_fixed({"x": 2}, {"x": 3.5})).mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1).encode(x="x:Q")
    )
    base = _by_ally("Defence expenditure, % of GDP", _room(left=0))
    bars = base.mark_bar(**BAR).encode(
        **_filled("level", LEVELS, [GREEN, BLUE, ORANGE], columns=3),
        **_edges(),
        tooltip=_tooltip(Ally="ally:N", Share_of_GDP="label:N"),
    )
    return _layered(_edge_of_chosen(base), bars, lines, *_end_labels(base))


MORE, LESS = "Carries more than its share of GDP", "Carries less"


def burden_gap() -> alt.LayerChart:
    """Draw share of spending minus share of GDP by Ally; rows: ally, code, value, label, order, series."""
    base = _by_ally(["Share of spending minus", "share of GDP, percentage points"], _room(left=ROOM))
    bars = base.mark_bar(**BAR).encode(
        # In full, the longer one has no room beside the names of the Allies on a phone.
        **_filled("series", [MORE, LESS], [BLUE, ORANGE], labelExpr="replace(datum.label, 'Carries ', '')"),
        **_edges(),
        tooltip=_tooltip(Ally="ally:N", Difference="label:N", Share_of_spending="spending:N", Share_of_GDP="gdp:N"),
    )
    return _layered(_edge_of_chosen(base), bars, *_end_labels(base))


REVISED, OTHER, UNEXPLAINED = "NATO has revised since", "Another reason", "No rule explains it"


def publisher_gap() -> alt.LayerChart:
    """Draw another publisher's share of GDP minus NATO's by Ally; rows: ally, code, value, label, order, series."""
    base = _by_ally(["Their share of GDP minus", "NATO's, percentage points"], _room(left=ROOM))
    bars = base.mark_bar(**BAR).encode(
        **_filled("series", [REVISED, OTHER, UNEXPLAINED], [BLUE, GREEN, ORANGE]),
        **_edges(),
        tooltip=_tooltip(Ally="ally:N", Difference="label:N", Theirs="theirs:N", NATO="natos:N", Reason="reason:N"),
    )
    return _layered(_edge_of_chosen(base), bars, *_end_labels(base))


def _lines(title: str, domain: list[str] | None, colours: list[str], zero: bool = False) -> alt.LayerChart:
    """Draw lines that differ in colour and dash; points are hollow for estimates. Series stand in the data's order."""
    scale = alt.Scale(domain=domain, range=colours) if domain else alt.Scale(range=colours)
    legend = _legend(columns=3, symbolType="stroke", symbolSize=400)
    dashes = alt.Scale(domain=domain, range=DASHES) if domain else alt.Scale(range=DASHES)
    base = alt.Chart(ROWS, width="container", height=270).encode(
        x=_years(), y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=zero))
    )
    lines = base.mark_line(strokeWidth=2).encode(
        color=alt.Color("series:N", title=None, sort=None, legend=legend, scale=scale),
        strokeDash=alt.StrokeDash("series:N", title=None, sort=None, legend=legend, scale=dashes),
    )
    points = base.mark_point(size=38, strokeWidth=1.6, filled=False).encode(
        color=alt.Color("series:N", title=None, sort=None, legend=None, scale=scale),
        fill=alt.condition("datum.estimate", alt.value(PAPER), alt.value(INK)),
        tooltip=_tooltip(Year="year:O", Series="series:N", Value="label:N"),
    )
    # Vega joins the legends of colour and dash only where both scales know the same marks: the points keep their own
    # colour, and so the lines keep both.
    both = _layered(lines, points)
    return cast(alt.LayerChart, both.resolve_scale(color="independent", strokeDash="independent"))


CONSTANT, CURRENT = "Constant prices", "Current prices"


def share_by_year() -> alt.LayerChart:
    """Draw a share of the total by year on both price bases; rows: year, series, value, label, estimate."""
    return _lines("Share of NATO total, %", [CONSTANT, CURRENT], [BLUE, ORANGE])


def share_of_gdp_by_year() -> alt.LayerChart:
    """Draw an Ally's share of GDP by year, edition by edition; rows: year, series, value, label, estimate."""
    rules = (
        alt.Chart(_fixed({"y": 2}, {"y": 3.5})).mark_rule(color=GREY, strokeDash=[4, 3], strokeWidth=1).encode(y="y:Q")
    )
    return _layered(rules, _lines("Defence expenditure, % of GDP", None, [BLUE, ORANGE, GREEN, GREY], zero=True))


def ally_growth() -> alt.LayerChart:
    """Draw one entity's real growth by year; rows: year, value, label, estimate."""
    bars = (
        alt.Chart(ROWS, width="container", height=220)
        .mark_bar(**BAR, fill=BLUE, stroke=BLUE)
        .encode(
            x=_years(),
            y=alt.Y("value:Q", title="Real growth, %"),
            **_edges(),
            tooltip=_tooltip(Year="year:O", Real_growth="label:N"),
        )
    )
    return _layered(bars, _zero())


def counts_by_year() -> alt.LayerChart:
    """Draw how many Allies reach 2 % by year; rows: year, value, label, estimate."""
    base = alt.Chart(ROWS, width="container", height=230).encode(
        x=_years(), y=alt.Y("value:Q", title="Allies at 2 % of GDP", axis=alt.Axis(tickMinStep=1))
    )
    bars = base.mark_bar(**BAR, fill=BLUE, stroke=BLUE).encode(
        **_edges(),
        tooltip=_tooltip(Year="year:O", Allies="label:N"),
    )
    return _layered(bars, base.mark_text(dy=-6, fontSize=11, color=INK).encode(text="value:Q"))


STATED, COMPUTED = "Stated by NATO or the press", "In the tables"


def _by_edition(title: str) -> alt.LayerChart:
    # Month above year: side by side they touch on a phone.
    dates = alt.Axis(labelAngle=0, labelLimit=90, labelExpr="split(datum.label, ' ')")
    base = alt.Chart(ROWS, width="container", height=230).encode(
        x=alt.X("edition:N", sort=ORDER, title=None, axis=dates),
        y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=True), axis=alt.Axis(tickMinStep=1)),
    )
    line = base.mark_line(color=GREY, strokeWidth=1.5)
    legend = _legend(offset=28)
    colours = alt.Scale(domain=[COMPUTED, STATED], range=[BLUE, ORANGE])
    shapes = alt.Scale(domain=[COMPUTED, STATED], range=["circle", "diamond"])
    # A hollow point has the paper's colour inside, so that the line does not run through it.
    inside = alt.Fill("series:N", scale=colours, legend=legend, title=None)
    points = base.mark_point(size=110, strokeWidth=2, opacity=1).encode(
        fill=alt.condition("datum.estimate", alt.value(PAPER), inside),
        stroke=alt.Stroke("series:N", scale=colours, legend=legend, title=None),
        shape=alt.Shape("series:N", scale=shapes, legend=legend, title=None),
        tooltip=_tooltip(Edition="edition:N", Source="series:N", Value="label:N"),
    )
    labels = base.mark_text(dy=-14, fontSize=12, fontWeight="bold", color=INK).encode(text="label:N")
    return _layered(line, points, labels)


def count_by_edition() -> alt.LayerChart:
    """Draw how one year's count moved from edition to edition; rows: edition, order, series, value, label."""
    return _by_edition("Allies at 2 % of GDP")


def growth_by_edition() -> alt.LayerChart:
    """Draw how one year's growth moved from edition to edition; rows as for the count."""
    return _by_edition("Real growth, %")


DRAWINGS = {
    drawing.__name__: drawing
    for drawing in (
        growth_by_year,
        contributions,
        guideline_scatter,
        target_bars,
        burden_gap,
        publisher_gap,
        share_by_year,
        share_of_gdp_by_year,
        ally_growth,
        counts_by_year,
        count_by_edition,
        growth_by_edition,
    )
}
