"""The report as a reader meets it: opened from disk in a real browser, without a network, by keyboard, on a phone."""

from __future__ import annotations

import hashlib
import re

import pytest

KINDS = ["index", "growth", "compliance", "shares", "revisions", "claims", "allies/pol", "allies/isl", "data", "method"]


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


def test_the_page_reads_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site.path / "index.html").as_uri())
    assert "of 32 Allies are estimated to reach" in page.locator(".finding").inner_text()
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_copied_link_keeps_every_choice_of_the_page(visit, width):
    page = visit("growth", width=width)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.select_option("select[data-axis=group]", label="European Allies")
    page.locator("[data-copy]").click()
    page.locator(".chooser .said:not(:empty)").wait_for()
    said = page.locator(".chooser .said").inner_text()
    address = page.evaluate("navigator.clipboard.readText()") if said == "Link copied." else page.url
    group = page.locator("select[data-axis=group]").input_value()
    assert address.partition("#")[2] == f"edition=nato-2026-07&year=2026&group={group}"
    title = page.locator("[data-spec=growth_by_year] h3").first.inner_text()
    page = visit("growth", f"#{address.partition('#')[2]}")
    assert page.locator("[data-spec=growth_by_year] h3").first.inner_text() == title


@pytest.mark.parametrize("value", ["constructor", "toString", "__proto__"])
@pytest.mark.parametrize("axis", ["year", "edition", "ally"])
def test_a_choice_that_does_not_exist_shows_the_first_one(visit, axis, value):
    page = visit("compliance")
    first = page.locator(".finding").first.inner_text()
    page = visit("compliance", f"#{axis}={value}")
    assert page.locator(".finding").first.inner_text() == first
    assert value not in page.url


def test_the_address_says_what_is_shown(visit):
    page = visit("index", "#year=2026&edition=nato-2024-06")
    assert page.locator("select[data-axis=year]").input_value() == "2024"
    assert "year=2024" in page.url and "2026" not in page.url.partition("#")[2]
    link = page.get_by_role("link", name="Targets", exact=True).get_attribute("href")
    assert "year=2024" in link and "edition=nato-2024-06" in link


def test_tab_reaches_a_figure_of_a_filtered_and_of_a_sorted_table(visit):
    page = visit("compliance")
    block = page.locator(".table-block", has=page.locator("[data-filter]")).first
    filled, found = block.locator("[data-filter]"), block.locator(".found")
    reached = block.locator("tbody .figure[tabindex='0']")
    filled.fill("turki")
    assert reached.count() == 1 and reached.is_visible()
    assert found.inner_text() == "1 of 32 rows"
    assert found.get_attribute("role") == "status"
    filled.fill("atlantis")
    assert found.inner_text() == "Nothing found" and found.is_visible()
    filled.fill("")
    assert found.inner_text() == ""
    block.locator("[data-sort]").first.click()
    first = block.locator("tbody tr:has(.figure)").first
    assert reached.count() == 1 and first.locator(".figure[tabindex='0']").count() == 1
    reached.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 2
    hint = block.locator(".scroll").get_attribute("aria-describedby")
    assert "arrow keys" in page.locator(f"#{hint}").text_content()


def test_a_printed_page_says_what_was_chosen_and_names_its_columns(visit):
    page = visit("compliance", "#edition=nato-2024-06&year=2023&ally=POL")
    shown = page.locator("[data-shown]")
    assert not shown.is_visible()
    page.emulate_media(media="print")
    assert shown.inner_text() == "Edition: June 2024 · Year: 2023e · Highlight an Ally: Poland"
    assert not page.locator(".chooser").is_visible()
    # A head that consists of boxes of buttons stays empty on the pages that a table continues on.
    assert page.locator("thead button").first.evaluate("button => getComputedStyle(button).display") == "contents"


def test_wide_tables_leave_room_on_a_phone(visit):
    page = visit("allies/mne", width=360)
    first = page.locator(".live:has(#years) tbody tr", has_text="2014").last.locator("th")
    assert first.bounding_box()["width"] < 120
    page = visit("method", width=360)
    rows = page.locator("h2#discrepancies ~ .table-block tbody tr")
    assert max(row.bounding_box()["height"] for row in rows.all()) < 250
    page = visit("allies/pol", "#edition=nato-2024-06", width=360)
    page.locator(".tiles .figure").first.click()
    assert page.locator("#origin tbody tr").first.bounding_box()["height"] < 120
    page = visit("allies/swe", width=1280)
    assert page.locator(".live:has(#years) > .table-block .scroll").evaluate(
        "box => box.scrollWidth <= box.clientWidth"
    )
