"""The report's charts in a real browser: nothing cut, estimates told apart, taken along, and traced."""

from __future__ import annotations

import csv
import io
import re

import pytest


def test_a_bar_opens_its_origin(visit):
    page = visit("growth")
    page.locator("[data-spec=contributions] .plot svg .mark-rect path").first.click()
    page.locator("#origin table").wait_for()
    assert "Germany" in page.locator("#origin").inner_text()


@pytest.mark.parametrize("kind, drawing", [("compliance", "guideline_scatter"), ("growth", "growth_by_year")])
def test_a_chart_can_be_taken_along(visit, kind, drawing):
    page = visit(kind)
    chart = page.locator(f"[data-spec={drawing}]").first
    taken = {}
    for form in ("svg", "png", "csv"):
        with page.expect_download() as download:
            chart.locator(f"[data-download={form}]").click()
        assert download.value.suggested_filename.endswith(f".{form}")
        taken[form] = download.value.path().read_bytes()
    assert taken["png"].startswith(b"\x89PNG") and len(taken["png"]) > 20_000
    svg = taken["svg"].decode()
    assert "Source: NATO" in svg and "var(--" not in svg
    rows = list(csv.DictReader(io.StringIO(taken["csv"].decode())))
    assert len(rows) == chart.locator(".rows").evaluate("element => JSON.parse(element.textContent).length")
    assert all(row["origin"] for row in rows)


def test_estimates_look_different(visit):
    page = visit("growth")
    bars = page.locator("[data-spec=growth_by_year] .mark-rect path")
    opacities = {bar.get_attribute("fill-opacity") or "1" for bar in bars.all()}
    assert opacities == {"1", "0.35"}


def test_a_legend_names_each_series_once(visit):
    page = visit("allies/pol")
    for drawing, series in (("share_of_gdp_by_year", 4), ("share_by_year", 2)):
        legend = page.locator(f"[data-spec={drawing}] .plot svg .role-legend-label text")
        names = legend.all_text_contents()
        assert len(names) == len(set(names)) == series, (drawing, names)


# Where the texts of a drawing stand in it: text, left, right, top, bottom. Vega hides labels by their opacity.
BOXES = """svg => {
  const frame = svg.getBoundingClientRect();
  const isSeen = (text) => text.textContent.trim() && text.getAttribute("opacity") !== "0";
  const place = (text) => {
    const box = text.getBoundingClientRect();
    return [text.textContent, box.left - frame.left, box.right - frame.left, box.top - frame.top,
      box.bottom - frame.top];
  };
  const boxes = (selector) => [...svg.querySelectorAll(selector)].filter(isSeen).map(place);
  return { width: frame.width, height: frame.height, all: boxes("text"), values: boxes(".role-mark.mark-text text"),
    names: boxes(".role-axis-label text"), legends: boxes(".role-legend-label text") };
}"""


def overlap(one: list, other: list) -> bool:
    (_, left, right, top, bottom), (_, to_left, to_right, to_top, to_bottom) = one, other
    # Fonts reserve room above and below their letters: a line's edge is no clash.
    return left < to_right - 1 and to_left < right - 1 and top < to_bottom - 5 and to_top < bottom - 5


@pytest.mark.parametrize(
    "kind, choice",
    [
        ("index", ""),
        ("growth", ""),
        ("growth", "#year=2020"),
        ("compliance", ""),
        ("compliance", "#edition=nato-2025-08"),
        ("shares", ""),
        ("shares", "#year=2024&edition=nato-2024-06&basis=current"),
        ("revisions", ""),
        ("allies/pol", ""),
        ("allies/mne", ""),
    ],
)
@pytest.mark.parametrize("width", [1280, 360])
def test_no_text_of_a_chart_is_cut_or_lies_on_a_name(visit, kind, choice, width):
    page = visit(kind, choice, width)
    for svg in page.locator(".chart:visible .plot svg").all():
        found = svg.evaluate(BOXES)
        assert found["all"]
        for text, left, right, top, bottom in found["all"]:
            assert left >= -0.5 and right <= found["width"] + 0.5, (text, left, right)
            assert top >= -0.5 and bottom <= found["height"] + 0.5, (text, top, bottom)
        for group in ("names", "legends"):
            texts = found[group]
            assert not [(a[0], b[0]) for i, a in enumerate(texts) for b in texts[:i] if overlap(a, b)]
        others = found["names"] + found["legends"]
        assert not [(a[0], b[0]) for a in found["values"] for b in others if overlap(a, b)]


def test_names_in_the_scatter_keep_off_lines_and_their_heads(visit):
    page = visit("compliance", "#edition=nato-2025-08")
    texts = page.locator("[data-spec=guideline_scatter] svg").evaluate(BOXES)["values"]
    heads = [text for text in texts if text[0].endswith("%")]
    names = [text for text in texts if re.fullmatch("[A-Z]{3}", text[0])]
    assert len(heads) == 3 and len(names) > 15
    assert not [(a[0], b[0]) for a in names for b in heads if overlap(a, b)]


@pytest.mark.parametrize(
    "kind, drawing", [("growth", "contributions"), ("compliance", "target_bars"), ("shares", "burden_gap")]
)
def test_estimates_are_pale_with_a_dashed_edge_in_the_full_colour(visit, kind, drawing):
    page = visit(kind)
    bars = page.locator(f"[data-spec={drawing}] .mark-rect path[fill^='var']")
    assert bars.count() > 20
    for bar in bars.all():
        look = {name: bar.get_attribute(name) for name in ("fill", "stroke", "fill-opacity", "stroke-dasharray")}
        assert look["stroke"] == look["fill"] and look["fill-opacity"] == "0.35" and look["stroke-dasharray"] == "3,2"


def test_an_estimate_among_revisions_is_hollow(visit):
    """The drawing is fed here, so that the test does not hang on what the editions hold."""
    page = visit("revisions", "#year=2023")
    fills = page.evaluate(
        """async () => {
          const same = { series: "In the tables", value: 1, label: "1" };
          const rows = [true, false].map((estimate, order) => ({ ...same, edition: `Jul ${order}`, order, estimate }));
          const part = document.querySelector(".chart").parentElement, chart = part.querySelector(".chart");
          window.burdenshareCharts.forget(part);
          chart.querySelector(".rows").textContent = JSON.stringify(rows);
          await window.burdenshareCharts.draw(part);
          return [...chart.querySelectorAll(".mark-symbol.role-mark path")].map((path) => path.getAttribute("fill"));
        }"""
    )
    assert fills == ["var(--paper)", "var(--blue)"]


@pytest.mark.parametrize("kind, drawing", [("growth", "contributions"), ("compliance", "target_bars")])
def test_the_bar_of_a_chosen_ally_stands_out(visit, kind, drawing):
    page = visit(kind)
    edges = page.locator(f"[data-spec={drawing}] .mark-rect path[stroke='var(--ink)']")
    assert edges.count() == 0
    page.select_option("select[data-axis=ally]", "POL")
    edges.first.wait_for(state="attached")
    assert edges.count() == 1


def test_what_opens_an_origin_says_so_by_its_cursor(visit):
    page = visit("growth")
    plot = page.locator("[data-spec=contributions] .plot")
    plot.locator(".mark-rect path[fill^='var']").first.hover()
    assert plot.locator("svg").evaluate("svg => getComputedStyle(svg).cursor") == "pointer"


def test_a_chart_without_rows_says_so(visit):
    page = visit("growth", "#edition=nato-2025-08&group=EU_ALLIES")
    assert page.get_by_text("This edition gives no figures for this chart.").is_visible()
    assert page.locator("[data-spec=growth_by_year]:visible").count() == 0


def test_a_download_tells_by_its_name_what_it_shows(visit):
    page = visit("shares", "#edition=nato-2024-06&year=2023")
    chart = page.locator("[data-spec=burden_gap]")
    with page.expect_download() as download:
        chart.locator("[data-download=csv]").click()
    assert download.value.suggested_filename == "burdenshare-burden-gap-nato-2024-06-2023-constant.csv"
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert {row["source"] for row in rows} == {chart.locator(".source").inner_text()}
