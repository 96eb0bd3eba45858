"""The report as a reader meets it: opened from disk in a real browser, without a network, by keyboard, on a phone."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import pytest

KINDS = ["index", "growth", "compliance", "shares", "revisions", "claims", "allies/pol", "allies/isl", "data", "method"]


@pytest.fixture
def visit(page, site):
    """Open a page of the site from disk; what it asks of others than the disk stands in `page.foreign`."""
    page.foreign = []
    page.on("request", lambda r: r.url.startswith(("file:", "data:", "blob:")) or page.foreign.append(r.url))

    def go(kind: str, choice: str = "", width: int = 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("about:blank")
        page.goto(f"{(site.path / kind).with_suffix('.html').as_uri()}{choice}")
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        for plot in page.locator(".chart:visible .plot").all():
            plot.locator("svg, canvas").first.wait_for(timeout=15_000, state="attached")
        return page

    yield go
    assert page.problems == []
    assert page.foreign == []


def tile(page, number: int) -> str:
    return page.locator(".tiles .big").nth(number).inner_text().replace("\u202f", " ")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [1280, 360])
def test_a_page_opens_and_fits(visit, kind, width):
    page = visit(kind, width=width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("h1").count() == 1
    for plot in page.locator(".chart:visible .plot").all():
        box = plot.locator("svg").bounding_box()
        assert box["width"] <= width and box["height"] > 100


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_accessibility_checker_finds_nothing_serious(visit, page, kind, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page.emulate_media(color_scheme=scheme)
    visit(kind)
    found = axe.run(page, options={"preload": False}).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    assert not serious, [(v["id"], [node["html"][:160] for node in v["nodes"][:3]]) for v in serious]


def test_choices_change_the_figures_and_the_address_keeps_them(visit, release):
    page = visit("index")
    before = tile(page, 0)
    page.select_option("select[data-axis=edition]", "nato-2024-06")
    page.select_option("select[data-axis=year]", "2023")
    sql = (
        "select real_growth_published_pct from fct_growth where edition_id = 'nato-2024-06' "
        "and entity_code = 'NATO_EUR_CAN' and year = 2023"
    )
    expected = f"{release.cursor().execute(sql).fetchall()[0][0]:.2f} %"
    assert tile(page, 0) == expected != before
    assert "edition=nato-2024-06" in page.url and "year=2023" in page.url
    page.reload()
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    assert tile(page, 0) == expected
    page.get_by_role("link", name="Targets", exact=True).click()
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    assert page.locator("select[data-axis=edition]").input_value() == "nato-2024-06"
    assert page.locator("select[data-axis=year]").input_value() == "2023"


def test_the_price_basis_changes_the_shares(visit):
    page = visit("shares", "#edition=nato-2024-06&year=2024&basis=constant")
    assert "63.7\u202f%" in page.locator(".finding").first.inner_text()
    page.select_option("select[data-axis=basis]", "current")
    assert "65.6\u202f%" in page.locator(".finding").first.inner_text()


def test_an_ally_stands_out_and_another_page_is_chosen(visit):
    page = visit("compliance", "#ally=POL")
    assert page.locator("tr.chosen").first.inner_text().startswith("Poland")
    page = visit("allies/pol", "#edition=nato-2025-08")
    page.select_option("select[data-links]", label="Estonia")
    page.wait_for_url("**/est.html*")
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    assert page.locator("h1").inner_text() == "Estonia"
    assert page.locator("select[data-axis=edition]").input_value() == "nato-2025-08"


def test_tables_sort_and_filter(visit):
    page = visit("compliance")
    block = page.locator(".table-block", has=page.locator("[data-filter]")).first
    names = block.locator("tbody tr:visible th")
    by_share = names.all_inner_texts()
    block.locator("[data-sort]").first.click()
    assert names.all_inner_texts() != by_share
    assert names.all_inner_texts()[0] == "Albania"
    assert block.locator("thead th").first.get_attribute("aria-sort") == "ascending"
    block.locator("[data-filter]").fill("turki")
    assert names.all_inner_texts() == ["Türkiye"]


def test_a_figure_opens_its_origin_by_keyboard_and_gives_focus_back(visit):
    page = visit("index")
    figure = page.locator(".tiles .figure").first
    figure.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#origin")
    dialog.locator("table").wait_for()
    said = dialog.inner_text()
    assert "Table 3" in said and "July 2026" in said and "burdenshare explain fct_growth" in said
    assert "where edition_id = 'nato-2026-07'" in said
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert figure.evaluate("element => element === document.activeElement")


def test_a_figure_of_a_workbook_shows_cell_and_hash(visit):
    page = visit("allies/pol", "#edition=nato-2024-06")
    page.locator(".tiles .figure").first.click()
    dialog = page.locator("#origin")
    dialog.locator("table").wait_for()
    assert re.search(r"TABLE3![A-Z]+\d+", dialog.inner_text())
    assert re.search(r"SHA-256 of 240617\S+xlsx: 1897e2ea[0-9a-f]{56}", dialog.inner_text())


def test_a_transcribed_figure_shows_the_hash_of_the_transcription(visit, settings):
    page = visit("index")
    page.locator(".tiles .figure").first.click()
    page.locator("#origin table").wait_for()
    figures = settings.seeds / "figures" / "nato-2026-07.csv"
    assert hashlib.sha256(figures.read_bytes()).hexdigest() in page.locator("#origin").inner_text()


def test_a_bar_opens_its_origin(visit):
    page = visit("growth")
    page.locator("[data-spec=contributions] .plot svg .mark-rect path").first.click()
    page.locator("#origin table").wait_for()
    assert "Germany" in page.locator("#origin").inner_text()


@pytest.mark.parametrize("kind, drawing", [("compliance", "guideline_scatter"), ("growth", "growth_by_year")])
def test_a_chart_can_be_taken_along(visit, kind, drawing):
    page = visit(kind)
    chart = page.locator(f"[data-spec={drawing}]")
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
    for drawing, series in (("share_of_gdp_by_year", 3), ("share_by_year", 2)):
        legend = page.locator(f"[data-spec={drawing}] .plot svg .role-legend-label text")
        names = legend.all_text_contents()
        assert len(names) == len(set(names)) == series, (drawing, names)


def test_the_page_reads_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site.path / "index.html").as_uri())
    assert "of 32 Allies reach" in page.locator(".finding").inner_text()
    context.close()
