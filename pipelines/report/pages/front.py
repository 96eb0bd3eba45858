"""The front page: the newest edition's answer, four figures, what changed, and the way to one's own country."""

from __future__ import annotations

from typing import Any

from .. import charts, wording
from ..content import Cells, Column, Figure, Page, Table, Words, phrase, sentences
from ..release import CORE, EUROPE_AND_CANADA, GDP, NOT_LISTED, TOTAL, UNITED_STATES, Release, Row
from .claims import in_dispute
from .common import (
    BASES,
    Tile,
    ally_path,
    by,
    by_edition,
    by_edition_and_year,
    count_cell,
    did,
    edition_axis,
    is_known,
    is_past,
    is_summed,
    named,
    no_growth_published,
    of_all,
    told,
    year_axis,
)
from .compliance import counts_chart
from .growth import growth_chart
from .revisions import crossings

# A growth rate revised by less than this many points needs no sentence of its own.
WORTH_SAYING_PP = 0.5


def pages(release: Release) -> list[Page]:
    """Make the front page."""
    newest = release.edition_names[release.newest["edition_id"]]
    return [
        Page(
            path="index.html",
            template="front.html",
            title="Who carries NATO's defence spending?",
            summary=(
                "Every edition of NATO's defence expenditure tables, compared, recomputed and traced to where each "
                f"figure stands. The newest is of {newest}."
            ),
            axes=[edition_axis(release), year_axis(release)],
            specs=charts.specs("growth_by_year", "counts_by_year"),
            context={
                "answer": by_edition_and_year(release, lambda *keys: _answer(release, *keys)),
                "growth": by_edition(release, lambda edition: growth_chart(release, edition, EUROPE_AND_CANADA)),
                "counts": by_edition(release, lambda edition: counts_chart(release, edition)),
                "changes": by_edition(release, lambda edition: _changes(release, edition)),
                "claims": in_dispute(release, 4),
                "allies": by_edition_and_year(release, lambda *keys: _allies(release, *keys)),
            },
        )
    ]


def _answer(release: Release, edition: Row, year: int, is_estimate: bool) -> dict[str, Any]:
    key = edition["edition_id"]
    growth = release.growth[key, EUROPE_AND_CANADA, year]
    counts = [release.counts[key, year, target] for target in (GDP, CORE)]
    shares = {
        basis: tuple(release.shares[key, entity, year, basis] for entity in (UNITED_STATES, TOTAL)) for basis in BASES
    }
    grew = _growth_sentence(release, edition, growth, year, is_estimate)
    # The first sentence names the edition, and the year.
    first = "" if grew else f"{by(release, edition)} "
    return {
        "sentence": sentences(
            grew,
            _count_sentence(release, edition, year, is_estimate, first, *counts),
            _share_sentence(release, edition, year, is_estimate, shares),
        ),
        "tiles": [
            _growth_tile(release, edition, growth, year, is_estimate),
            _count_tile(release, edition, year, is_estimate, *counts),
            *_dollar_tiles(release, edition, year, is_estimate, shares),
        ],
    }


def _growth_sentence(release: Release, edition: Row, growth: Row, year: int, is_estimate: bool) -> Words:
    column = _growth_column(release, edition)
    published = growth[column]
    if published is None:
        return []
    # A cut is written with its sign, so that the figure is the cell that it names.
    now, done = ("raise", "raised") if published >= 0 else ("change", "changed")
    if is_estimate:
        done = f"are estimated to have {done}" if is_past(release, year) else f"are estimated to {now}"
    said = phrase(
        f"{by(release, edition)} European Allies and Canada {done} defence spending by {{growth}} in "
        f"real terms in {year}",
        growth=Cells(growth).pct(column),
    )
    if is_summed(release, edition):
        said += [", by the sum of the Allies, since it gives no aggregate"]
    if growth["like_for_like_growth_pct"] is not None and abs(growth["accession_effect_pp"]) >= 0.05:
        fair = told(growth, "like_for_like_growth_pct")
        said += [", or by ", *fair, " like for like, without the Allies that joined"]
    return [*said, "."]


def _growth_column(release: Release, edition: Row) -> str:
    """Name the growth that the edition allows: NATO's own, or that of the sum of the Allies where it gives no sum."""
    return "real_growth_pct" if is_summed(release, edition) else "real_growth_published_pct"


def _count_sentence(
    release: Release, edition: Row, year: int, is_estimate: bool, first: str, at_2: Row, at_3_5: Row
) -> Words:
    if not is_known(at_2):
        return [f"{by(release, edition)} we hold no shares of GDP."]
    unknown = f" ({at_2['allies_unknown']} not given)" if at_2["allies_unknown"] else ""
    reach = did(release, year, is_estimate, "reach", at_2["allies_meeting"])
    further = did(release, year, is_estimate, "reach", at_3_5["allies_meeting"] or 1, again=True)
    return phrase(
        f"{first}{{at_2}} {of_all(release, edition, year)} {reach} 2{wording.SPACE}% of GDP"
        f"{f' in {year}' if first else ''}{unknown}, "
        f"{{at_3_5}} {further} 3.5{wording.SPACE}%.",
        at_2=Cells(at_2).count("allies_meeting"),
        at_3_5=Cells(at_3_5).count("allies_meeting") if at_3_5["allies_meeting"] else "none",
    )


def _share_sentence(
    release: Release, edition: Row, year: int, is_estimate: bool, shares: dict[str, tuple[Row, ...]]
) -> Words:
    """Tell the United States' share of a total that stands alone, and so in current dollars where they are given."""
    basis = "constant" if shares["current"][1]["expenditure_usd_m"] is None else "current"
    us, total = shares[basis]
    if us["share_of_total_pct"] is None:
        return []
    whole = "the Allies' sum" if is_summed(release, edition) else "the total"
    return [
        f"The United States {did(release, year, is_estimate, 'carry', count=1)} ",
        *told(us, "share_of_total_pct", 1),
        f" of {whole} of ",
        Cells(total).usd("expenditure_usd_m"),
        f" ({BASES['current'] if basis == 'current' else _constant(release, edition)}).",
    ]


def _constant(release: Release, edition: Row) -> str:
    return release.basis_label(edition, "constant").split(" and")[0]


def _growth_tile(release: Release, edition: Row, growth: Row, year: int, is_estimate: bool) -> Tile:
    aside: Words = ["Like for like: we hold no dollars of this edition to compute it from."]
    if growth["like_for_like_growth_pct"] is not None:
        aside = ["Like for like ", *told(growth, "like_for_like_growth_pct")]
        if abs(growth["accession_effect_pp"]) >= 0.005:
            effect = Cells(growth).pp("accession_effect_pp")
            aside += phrase(", {effect} points by accession", effect=effect)
        aside += ["."]
        if is_summed(release, edition):
            aside += [" From the sum of the Allies that the edition lists."]
    elif year == min(edition["years"]):
        aside = ["Like for like: the edition has no year before."]
    return Tile(
        f"Real growth, Europe and Canada, {wording.year_label(year, is_estimate)}",
        Cells(growth).pct(_growth_column(release, edition)),
        aside,
        "growth.html",
        "Who drove it",
    )


def _count_tile(release: Release, edition: Row, year: int, is_estimate: bool, at_2: Row, at_3_5: Row) -> Tile:
    if not is_known(at_2):
        aside: Words = ["We hold no shares of GDP of this edition."]
    else:
        aside = _beside_the_count(release, edition, year, at_2, at_3_5)
    return Tile(
        f"Allies at 2{wording.SPACE}% of GDP, {wording.year_label(year, is_estimate)}",
        count_cell(at_2),
        aside,
        "compliance.html",
        "Every Ally against the targets",
    )


def _beside_the_count(release: Release, edition: Row, year: int, at_2: Row, at_3_5: Row) -> Words:
    aside = phrase(
        f"{{at_3_5}} at 3.5{wording.SPACE}%, {of_all(release, edition, year)}.",
        at_3_5=Cells(at_3_5).count("allies_meeting"),
    )
    if at_2["allies_unknown"]:
        aside += phrase(" {unknown} not given.", unknown=Cells(at_2).count("allies_unknown"))
    recomputed = at_2["allies_meeting_recomputed"]
    if recomputed is not None and recomputed != at_2["allies_meeting"]:
        shown = Cells(at_2).count("allies_meeting_recomputed")
        aside += phrase(" Recomputed from spending and GDP: {recomputed}.", recomputed=shown)
    return aside


def _dollar_tiles(
    release: Release, edition: Row, year: int, is_estimate: bool, shares: dict[str, tuple[Row, ...]]
) -> tuple[Tile, Tile]:
    """Show the share and the total at current prices, at constant prices beside them."""
    label = wording.year_label(year, is_estimate)
    basis, other = (
        ("constant", "current") if shares["current"][1]["expenditure_usd_m"] is None else ("current", "constant")
    )
    us, total = shares[basis]
    us_beside, total_beside = shares[other]
    names = {"constant": _constant(release, edition), "current": BASES["current"]}

    def aside(beside: Figure) -> str | Words:
        if us["share_of_total_pct"] is None:
            return "We hold no table in dollars of this edition."
        summed = " The sum of the Allies that the edition lists." if is_summed(release, edition) else ""
        at = f"At {names[basis]}"
        if beside.value is None:
            return f"{at}.{summed}"
        return phrase(f"{at}; {{beside}} at {names[other]}.{summed}", beside=beside)

    return (
        Tile(
            f"United States' share of the total, {label}",
            Cells(us).pct("share_of_total_pct", 1),
            aside(Cells(us_beside).pct("share_of_total_pct", 1)),
            "shares.html",
            "Shares of spending and of GDP",
        ),
        Tile(
            f"NATO total, {label}",
            Cells(total).usd("expenditure_usd_m"),
            aside(Cells(total_beside).usd("expenditure_usd_m")),
            "shares.html",
            "Who carries how much",
        ),
    )


def _changes(release: Release, edition: Row) -> dict[str, Any] | None:
    """Compare an edition with the one before, in the years that both have: counts, growth, who crossed 2 %."""
    before = release.edition_before(edition)
    if before is None:
        return None
    both = sorted(set(edition["years"]) & set(before["years"]), reverse=True)
    now_id, then_id = edition["edition_id"], before["edition_id"]
    table = Table(
        f"{release.edition_names[now_id]} against {release.edition_names[then_id]}",
        [Column("Year"), Column("At 2 % then", "Allies"), Column("At 2 % now", "Allies")]
        + [Column("Growth then"), Column("Growth now")],
        [
            [Figure(str(year), year)]
            + [count_cell(release.counts[e, year, GDP]) for e in (then_id, now_id)]
            + [
                Cells(release.growth[e, EUROPE_AND_CANADA, year]).pct("real_growth_published_pct")
                for e in (then_id, now_id)
            ]
            for year in both
        ],
        note="Growth: real growth of European Allies and Canada as published."
        + no_growth_published(release, [before, edition]),
    )
    return {
        "before": release.edition_names[then_id],
        "sentences": [
            said
            for tell in (_change, _growth_change)
            for year in both
            if (said := tell(release, edition, before, year))
        ],
        "table": table,
    }


def _change(release: Release, edition: Row, before: Row, year: int) -> str:
    now_id, then_id = edition["edition_id"], before["edition_id"]
    now, then = (release.counts[e, year, GDP]["allies_meeting"] for e in (now_id, then_id))
    up, down, newly = crossings(release, then_id, now_id, year)
    if not up and not down and not newly:
        return ""
    parts = [
        f"{now} Allies at 2{wording.SPACE}% instead of {then}"
        if now != then
        else f"{now} Allies at 2{wording.SPACE}%, as before"
    ]
    parts += [f"now reach it: {named(release, up)}"] if up else []
    parts += [f"no longer: {named(release, down)}"] if down else []
    parts += [f"not given before, now at 2{wording.SPACE}%: {named(release, newly)}"] if newly else []
    return f"{year}: {'; '.join(parts)}."


def _growth_change(release: Release, edition: Row, before: Row, year: int) -> Words:
    """Describe how a year's growth was revised, where it is worth a sentence."""
    now, then = (release.growth[e["edition_id"], EUROPE_AND_CANADA, year] for e in (edition, before))
    figures = [row["real_growth_published_pct"] for row in (now, then)]
    if None in figures or abs(figures[0] - figures[1]) < WORTH_SAYING_PP:
        return []
    return phrase(
        f"{year}: real growth of European Allies and Canada {{now}} instead of {{then}}.",
        now=Cells(now).pct("real_growth_published_pct"),
        then=Cells(then).pct("real_growth_published_pct"),
    )


def _allies(release: Release, edition: Row, year: int, is_estimate: bool) -> list[dict[str, str]]:
    items = []
    for ally in release.allies:
        code = ally["entity_code"]
        row = release.compliance[edition["edition_id"], code, year, GDP]
        further = release.compliance[edition["edition_id"], code, year, CORE]
        status = "ahead" if further["meets_target"] else row["compliance_status"]
        words = {"ahead": "3.5 % met", "meets": "2 % met", "fails": "below 2 %", "unknown": "not given"}
        words[NOT_LISTED] = "not listed"
        text = f"{wording.pct(row['value_pct'])}, {words[status]}" if status in words else "no armed forces"
        items.append({"name": ally["ally_name"], "href": ally_path(code), "status": status, "text": text})
    return items
