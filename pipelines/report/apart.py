"""Take what a page shows of other editions out of it, into a file for each edition that loads when one is chosen.

A page would grow by a megabyte with each edition otherwise. The files are scripts, because a page that was opened from
disk cannot fetch; each holds, for one page and one edition, the place of the choice, the variant's key, and its HTML.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

# The axis by which variants go into files of their own.
EDITION = "edition"
FOLDER = "assets/editions"
_PARTS = re.compile(
    r'<div class="choice" data-axes="(?P<axes>[^"]*)" data-now="(?P<now>[^"]*)">'
    r'|<template data-key="(?P<key>[^"]*)">'
)
_END = "</template>"

# The place of a choice on its page, the key of a variant, and its HTML.
Variant = tuple[int, str, str]


def take_apart(html: str) -> tuple[str, dict[str, list[Variant]]]:
    """Return a page without its variants of other editions than those that it shows at first, and these by edition."""
    kept: list[str] = []
    apart: dict[str, list[Variant]] = {}
    choice, axes, now, end = -1, [""], [""], 0
    for part in _PARTS.finditer(html):
        if part["axes"] is not None:
            choice, axes, now = choice + 1, part["axes"].split(" "), part["now"].split(" ")
        elif EDITION in axes and (edition := part["key"].split(" ")[axes.index(EDITION)]) != now[axes.index(EDITION)]:
            kept.append(html[end : part.start()])
            end = html.index(_END, part.end())
            apart.setdefault(edition, []).append((choice, part["key"], html[part.end() : end]))
            end += len(_END)
            end += html.startswith("\n", end)
    return "".join([*kept, html[end:]]), apart


def write_apart(site: Path, page: str, apart: dict[str, list[Variant]]) -> None:
    """Write the file of each edition for one page, which is named by its path in the site."""
    for edition, variants in apart.items():
        path = site / FOLDER / page.removesuffix(".html") / f"{edition}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        held = json.dumps(variants, ensure_ascii=False, separators=(",", ":"))
        path.write_text(f"window.burdenshareEditions[{json.dumps(edition)}] = {held};\n", encoding="utf-8")


def put_together(site: Path, page: str) -> str:
    """Return the HTML of a page with all its variants, as it is once every edition was chosen."""
    html = (site / page).read_text(encoding="utf-8")
    found: dict[int, list[str]] = {}
    for path in sorted((site / FOLDER / page.removesuffix(".html")).glob("*.js")):
        for choice, key, variant in json.loads(path.read_text(encoding="utf-8").partition(" = ")[2].rstrip(";\n")):
            found.setdefault(choice, []).append(f'<template data-key="{key}">{variant}</template>\n')
    places = [part for part in _PARTS.finditer(html) if part["axes"] is not None]
    for choice, part in reversed(list(enumerate(places))):
        # Behind what is shown at first, which is where the others stand.
        at = _end_of_live(html, part.end())
        html = html[:at] + "".join(found.get(choice, [])) + html[at:]
    return html


def _end_of_live(html: str, start: int) -> int:
    """Find where the first element of a choice ends, by counting the elements of its kind within it."""
    depth = 0
    for tag in re.compile(r"<(/?)div\b[^>]*>").finditer(html, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end() + 1
    return len(html)
