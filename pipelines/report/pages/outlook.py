"""How far the newest figures will still move: intervals, chances, and who is near a target."""

from __future__ import annotations

from .. import wording
from ..content import Cells, Column, Figure, Words, phrase
from ..release import CORE, GDP, Release, Row

SHARE = ("defence_share_of_gdp", "percent", "constant")


def interval(release: Release, edition_id: str, entity_code: str, year: int) -> Row:
    """Return where the next editions may put an Ally's share of GDP; a row without figures where nobody knows."""
    return release.intervals[(edition_id, *SHARE, entity_code, year)]


def editions_behind(release: Release, edition: Row, year: int) -> int:
    """Return on how many editions the intervals of a year's shares of GDP stand; 0 where there are none."""
    found = (interval(release, edition["edition_id"], ally["entity_code"], year) for ally in release.allies)
    return max((row["editions_behind"] or 0 for row in found), default=0)


def from_editions(count: int) -> str:
    """Say on how many editions a range or chance stands."""
    return f"from {wording.plural(count, 'edition', 'editions')}"


def _statistic(figure: Figure) -> Figure:
    """Show a figure that stands on hundreds of movements without the cells of all: they would be most of the site."""
    return figure._replace(origin=None, title="Made of all earlier movements of such figures: see the method page.")


def columns(behind: int) -> list[Column]:
    """Head the columns of `cells`."""
    said = from_editions(behind)
    return [
        Column("90 % range, low", said),
        Column("90 % range, high", said),
        Column("Chance of 2 %", said),
        Column("Chance of 3.5 %", said),
    ]


def cells(release: Release, gdp: Row) -> list[Figure]:
    """Show where an Ally's share may go and its chances of being at 2 and 3.5 % when the year is settled."""
    keys = gdp["edition_id"], gdp["entity_code"], gdp["year"]
    moved = Cells(interval(release, *keys))
    return [
        _statistic(moved.pct("low_90")),
        _statistic(moved.pct("high_90")),
        *(_statistic(Cells(release.chances[(*keys, target)]).chance("chance_at_target_pct")) for target in (GDP, CORE)),
    ]


def note(behind: int) -> str:
    """Say what the ranges and chances are."""
    return (
        "The 90 % range is where later editions may put the share, by how far such figures moved "
        f"{from_editions(behind)}; the chance is that of being at the target when the year is settled. So few editions "
        "make both rough."
    )


def near_sentence(release: Release, edition: Row, year: int) -> Words:
    """Name the Allies that a revision may carry over 2 %, and the band that counts as near."""
    key = edition["edition_id"]
    near = [
        release.near[key, ally["entity_code"], year, GDP]
        for ally in release.allies
        if (key, ally["entity_code"], year, GDP) in release.near
    ]
    behind = max((row["editions_behind"] or 0 for row in near), default=0)
    if not near:
        return ["No Ally’s share lies within the band of 2 % in which a revision may decide."]
    near.sort(key=lambda row: (-row["value_pct"], row["entity_code"]))
    names = [f"{wording.the(release.names[row['entity_code']])} at {{{row['entity_code']}}}" for row in near]
    figures = {row["entity_code"]: Cells(row).pct("value_pct") for row in near}
    band = max(near, key=lambda row: row["near_band_pp"])
    why = (
        f"the band in which nine of ten such figures stayed, {from_editions(behind)}"
        if behind
        else "no revision was known yet"
    )
    return phrase(
        f"Within {{band}} points of 2 % ({why}), where a revision may decide: {wording.join(names)}.",
        # The least band, where no revision was known yet, comes from no cell.
        band=_statistic(Cells(band).number("near_band_pp", 2)) if behind else wording.number(band["near_band_pp"], 2),
        **figures,
    )


def share_sentence(release: Release, gdp: Row) -> Words:
    """Tell where later editions may put an Ally's estimate, and its chances at 2 and 3.5 %."""
    keys = gdp["edition_id"], gdp["entity_code"], gdp["year"]
    moved = interval(release, *keys)
    two, core = (release.chances[(*keys, target)] for target in (GDP, CORE))
    if not gdp["is_estimate"] or moved["low_90"] is None or two["chance_at_target_pct"] is None:
        return []
    return phrase(
        " This is an estimate: with 90 % confidence later editions put it between {low} and {high}, and the chance of "
        f"being at the target when the year is settled is {{two}} for 2 % and {{core}} for 3.5 % "
        f"({from_editions(moved['editions_behind'])}).",
        low=_statistic(Cells(moved).pct("low_90")),
        high=_statistic(Cells(moved).pct("high_90")),
        two=_statistic(Cells(two).chance("chance_at_target_pct")),
        core=_statistic(Cells(core).chance("chance_at_target_pct")),
    )
