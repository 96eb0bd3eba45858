"""A page keeps the variants of its first edition; those of others lie in a file for each, and nothing is lost."""

import json
import re

from pipelines.report.apart import FOLDER, Apart, put_together
from pipelines.report.content import Axis, Choice, Page

CHOICES = [
    Choice(("edition", "year"), dict.fromkeys([("new", "2026"), ("new", "2025"), ("old", "2019")]), ("new", "2026")),
    Choice(("year",), dict.fromkeys([("2026",), ("2025",)]), ("2026",)),
    Choice(("edition",), dict.fromkeys([("new",), ("old",)]), ("new",)),
]


def write(site, *axes):
    """Write a page of three choices, as a template does, whose HTML is in small letters."""
    page = Page("page.html", "", "", "", axes=[Axis(name, "", {}, "") for name in axes])
    apart = Apart(site, page, str.lower)
    html = "<p>before</p>\n"
    for choice in CHOICES:
        place = apart.begin()
        html += '<div class="choice" ><div class="live"><div>first</div></div>\n'
        others = [key for key in choice.variants if key != choice.default]
        html += "".join(apart.variant(choice, place, key, f'<DIV>"{" ".join(key)}"</DIV>') for key in others)
        html += "</div>\n"
    apart.end()
    site.mkdir(exist_ok=True)
    (site / "page.html").write_text(html.lower(), encoding="utf-8")
    return html.lower()


def keys(html):
    return re.findall('data-key="([^"]*)"', html)


def test_only_variants_of_other_editions_leave_the_page(tmp_path):
    assert keys(write(tmp_path, "edition", "year")) == ["new 2025", "2025"]
    assert [path.name for path in (tmp_path / FOLDER / "page").iterdir()] == ["old.js"]
    script = (tmp_path / FOLDER / "page" / "old.js").read_text(encoding="utf-8")
    begin, _, held = script.partition(" = ")
    assert begin == 'window.burdenshareChosen["old"]' and held.endswith("];\n")
    assert json.loads(held[:-2]) == [[0, "old 2019", '<div>"old 2019"</div>'], [2, "old", '<div>"old"</div>']]


def test_a_page_without_editions_keeps_what_its_first_choice_shows_at_first(tmp_path):
    assert keys(write(tmp_path, "year")) == ["old"]
    assert {path.name for path in (tmp_path / FOLDER / "page").iterdir()} == {"2019.js", "2025.js"}


def test_without_choices_a_page_keeps_all(tmp_path):
    assert len(keys(write(tmp_path))) == 4 and not (tmp_path / FOLDER).exists()


def test_with_its_files_a_page_is_whole_again(tmp_path):
    write(tmp_path, "edition")
    alone = write(tmp_path / "alone")
    # What was apart stands before the page's own variants; all the rest is as it was.
    assert sorted(put_together(tmp_path, "page.html").splitlines()) == sorted(alone.splitlines())


def test_pages_hold_one_edition_and_name_the_files_of_the_others(site):
    held = {path.stem for path in (site.path / FOLDER / "growth").glob("*.js")}
    html = (site.path / "growth.html").read_text(encoding="utf-8")
    newest = re.search('data-axis="edition" data-default="([^"]+)"', html)[1]
    options = set(re.findall('<option value="(nato-[^"]+)"', html))
    assert len(options) > 1 and held == options - {newest}
    assert not any(f'<template data-key="{other}' in html for other in held)
