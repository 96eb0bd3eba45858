"""What several pages share: the choices that they offer, and how they speak of editions, years and Allies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from .. import wording
from ..content import Axis, Cells, Choice, Figure, Variants, Words
from ..release import GDP, NOT_LISTED, Release, Row

BASES = {"constant": "constant prices", "current": "current prices"}


class Tile(NamedTuple):
    """Show one figure large, with what it is and what to add."""

    label: str
    figure: Figure
    aside: str | Words
    href: str = ""
    more: str = ""


def edition_axis(release: Release) -> Axis:
    """Offer the editions, newest first."""
    options = {edition["edition_id"]: release.edition_names[edition["edition_id"]] for edition in release.editions}
    return Axis("edition", "Edition", options, release.newest["edition_id"])


def year_axis(release: Release) -> Axis:
    """Offer the years of the newest edition; the page's script puts those of the chosen edition in their place."""
    years = release.newest["years"]
    options = {str(year): wording.year_label(year, years[year]) for year in sorted(years, reverse=True)}
    return Axis("year", "Year", options, str(max(years)))


def basis_axis(release: Release) -> Axis:
    """Offer the price bases."""
    return Axis("basis", "Prices", {key: wording.first_upper(label) for key, label in BASES.items()}, "constant")


def ally_axis(release: Release) -> Axis:
    """Offer the Allies, to make one stand out."""
    options = {"": "none"} | {ally["entity_code"]: ally["ally_name"] for ally in release.allies}
    return Axis("ally", "Highlight an Ally", options, "", highlights=True)


def by_edition(release: Release, make: Callable[[Row], Any]) -> Choice:
    """Make a variant for every edition."""
    variants: Variants = {(edition["edition_id"],): partial(make, edition) for edition in release.editions}
    return Choice(("edition",), variants, (release.newest["edition_id"],))


def by_edition_and_year(release: Release, make: Callable[[Row, int, bool], Any]) -> Choice:
    """Make a variant for every year of every edition."""
    variants: Variants = {
        (edition["edition_id"], str(year)): partial(make, edition, year, is_estimate)
        for edition, year, is_estimate in release.edition_years()
    }
    newest = release.newest
    return Choice(("edition", "year"), variants, (newest["edition_id"], str(max(newest["years"]))))


def by(release: Release, edition: Row) -> str:
    """Begin a sentence with its edition, since the same year has another figure in each."""
    return f"By the edition of {release.edition_names[edition['edition_id']]},"


def is_known(count: Row) -> bool:
    """Return whether a count says anything: where no Ally's value is given, none that meets is no news."""
    return bool((count["allies_meeting"] or 0) + (count["allies_failing"] or 0))


def told(row: Row, column: str, decimals: int = 2) -> Words:
    """Tell a percentage of a sentence by the digits that its bounds share: about 11.0 %; as it is where it has none."""
    low, high = (row.get(f"{column}_{bound}") for bound in ("low", "high"))
    if low is None or high is None:
        return [Cells(row).pct(column, decimals)]
    _, about, text = wording.within(low, high, decimals).rpartition("about ")
    return [about, Cells(row).text(column, text)]


def count_cell(count: Row) -> Figure:
    """Show how many meet a target; a dash where the edition gives no Ally's value."""
    return Cells(count).count("allies_meeting") if is_known(count) else Figure(wording.NOTHING)


def is_past(release: Release, year: int) -> bool:
    """Return whether a year was over when the newest edition came out: then it is spoken of as past."""
    return bool(year < release.newest["published_on"].year)


def did(
    release: Release, year: int, is_estimate: bool, stem: str, count: int | None = None, again: bool = False
) -> str:
    """Conjugate what `count` Allies do in a year, as `wording.conjugate` does, seen from the newest edition."""
    return wording.conjugate(count, stem, is_past(release, year), is_estimate, again)


def of_all(release: Release, edition: Row, year: int) -> str:
    """Describe whom a count is of: every Ally that the edition lists, also for years before it joined."""
    if said := _fewer(release, edition, year):
        return f"of {said}"
    all_in = all(ally["accession_year"] <= year for ally in release.allies)
    return f"of {'' if all_in else 'today’s '}{len(release.allies)} Allies"


def counted(release: Release, edition: Row) -> str:
    """Describe whose rows the counts of an edition are of."""
    return _fewer(release, edition, max(edition["years"])) or "all present Allies"


def _fewer(release: Release, edition: Row, year: int) -> str:
    """Describe the Allies of an edition that does not list all present ones; nothing of the others."""
    key = edition["edition_id"]
    listed = sum((key, ally["entity_code"], year, GDP) in release.compliance for ally in release.allies)
    return f"the {listed} Allies that it lists" if listed < len(release.allies) else ""


def is_summed(release: Release, edition: Row) -> bool:
    """Return whether the edition gives no aggregate, so that its total is the sum of the Allies that it lists."""
    return edition["edition_id"] not in release.with_aggregates


def no_growth_published(release: Release, editions: list[Row]) -> str:
    """Say which editions give no growth of European Allies and Canada, as a sentence; nothing where all do."""
    names = [release.edition_names[edition["edition_id"]] for edition in editions if is_summed(release, edition)]
    return f" {wording.join(names)}, as we hold it, gives no aggregates." if names else ""


def ally_path(code: str) -> str:
    """Return the page of an Ally, from the site's folder."""
    return f"allies/{code.lower()}.html"


def ally_name_cell(release: Release, code: str) -> Figure:
    """Show an Ally's name, linked to its page."""
    name = release.names[code]
    return Figure(name, name, href=ally_path(code))


def value_with_status(row: Row) -> Figure:
    """Show a target's value, coloured and titled by whether it is met."""
    css = {"meets": "good", "fails": "bad"}.get(row["compliance_status"], "soft")
    words = {"meets": "meets", "fails": "is below", "unknown": "is not given against"}.get(row["compliance_status"])
    title = f"{words} {wording.number(row['threshold_pct'], 1)} %" if words else "the target does not apply"
    if row["compliance_status"] == NOT_LISTED:
        title = "the edition does not list it"
    return Cells(row).pct("value_pct", css=css, title=title)


def named(release: Release, codes: list[str]) -> str:
    """Name entities in a sentence."""
    return wording.join([wording.the(release.names[code]) for code in codes])


def most(rows: list[Row], column: str, count: int) -> list[Row]:
    """Return the rows with the largest figures of a column, largest first; rows without one are left out."""
    return sorted((row for row in rows if row[column] is not None), key=lambda row: -row[column])[:count]
