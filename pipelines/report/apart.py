"""Keep out of a page what it shows of other editions: it goes into a file for each, which loads when one is chosen.

A page would grow by a megabyte with each edition otherwise. The files are scripts, because a page that was opened from
disk cannot fetch; each holds, for one page and one edition, the place of the choice, the variant's key, and its HTML.
A variant is written as soon as it is made: those of many editions would fill the memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import Markup

from .content import Choice, Page

FOLDER = "assets/chosen"
_PLACES = re.compile('<div class="choice" ')


class Apart:
    """Write the variants of one page, as its template makes them, into the page or into files of their own.

    The page keeps those of what its first axis shows at first, which is the edition on most. `finish` is done to HTML
    before it is written.
    """

    def __init__(self, site: Path, page: Page, finish: Callable[[str], str]) -> None:
        self._folder = _folder(site, page.path)
        self._axis = next((axis.name for axis in page.axes if not axis.links), None)
        self._finish = finish
        self._place = -1
        self._begun: set[Path] = set()
        self._chosen, self._held = "", list[str]()

    def begin(self) -> int:
        """Begin a choice; returns its place among those of the page."""
        self._place += 1
        return self._place

    def variant(self, choice: Choice, place: int, key: tuple[str, ...], html: str) -> Markup:
        """Write what a choice does not show at first; returns what of it stands in the page."""
        name = " ".join(key)
        if self._axis in choice.axes:
            at = choice.axes.index(self._axis)
            if key[at] != choice.default[at]:
                self._take(key[at], _json((place, name, self._finish(html))))
                return Markup()
        return Markup(f'<template data-key="{name}">{html}</template>\n')

    def _take(self, chosen: str, held: str) -> None:
        # They come edition by edition, so that a choice opens the file of each once.
        if chosen != self._chosen:
            self._write()
            self._chosen = chosen
        self._held.append(held)

    def _write(self) -> None:
        if self._held:
            path = self._folder / f"{self._chosen}.js"
            begin = "," if path in self._begun else f"window.burdenshareChosen[{_json(self._chosen)}] = ["
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(begin + ",".join(self._held))
            self._begun.add(path)
            self._held.clear()

    def end(self) -> None:
        """Finish the files, when the page is made."""
        self._write()
        for path in self._begun:
            with path.open("a", encoding="utf-8") as file:
                file.write("];\n")


def put_together(site: Path, page: str) -> str:
    """Return the HTML of a page with all its variants, as it is once everything was chosen."""
    html = (site / page).read_text(encoding="utf-8")
    found: dict[int, list[str]] = {}
    for path in sorted(_folder(site, page).glob("*.js")):
        for place, key, variant in _held(path):
            found.setdefault(place, []).append(f'<template data-key="{key}">{variant}</template>\n')
    for place, part in reversed([*enumerate(_PLACES.finditer(html))]):
        # Behind what is shown at first, which is where the others stand.
        at = _end_of_live(html, part.end())
        html = html[:at] + "".join(found.get(place, [])) + html[at:]
    return html


def _json(held: object) -> str:
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def _held(script: Path) -> Any:
    return json.loads(script.read_text(encoding="utf-8").partition(" = ")[2].rstrip(";\n"))


def _folder(site: Path, page: str) -> Path:
    return site / FOLDER / page.removesuffix(".html")


def _end_of_live(html: str, start: int) -> int:
    """Find where the first element of a choice ends, by counting the elements of its kind within it."""
    depth = 0
    for tag in re.compile(r"<(/?)div\b[^>]*>").finditer(html, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end() + 1
    return len(html)
