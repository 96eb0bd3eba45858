"""The front page: the newest edition's answer, four figures, what changed, and the way to one's own country."""

from __future__ import annotations

from typing import Any

from pipelines.report import charts, wording
from pipelines.report.content import Cells, Column, Figure, Page, Table
from pipelines.report.pages.claims import in_dispute
from pipelines.report.pages.common import (
    Tile,
    ally_path,
    by_edition,
    by_edition_and_year,
    edition_axis,
    named,
    year_axis,
)
from pipelines.report.pages.compliance import counts_chart
from pipelines.report.pages.growth import growth_chart
from pipelines.report.pages.revisions import crossings
from pipelines.report.release import EUROPE_AND_CANADA, TOTAL, UNITED_STATES, Release, Row


def pages(release: Release) -> list[Page]:
    """Make the front page."""
    newest = release.edition_names[release.newest["edition_id"]]
    return [
        Page(
            path="index.html",
            template="front.html",
            title="Who carries NATO's defence spending?",
            summary=(
                "Every edition of NATO's defence expenditure tables, compared, recomputed and traced to the cell. "
                f"The newest is of {newest}."
            ),
            nav="front",
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
    at_2, at_3_5 = (release.counts[key, year, target] for target in ("gdp_2", "core_3_5"))
    us = release.shares[key, UNITED_STATES, year, "constant"]
    total = release.shares[key, TOTAL, year, "constant"]
    return {
        "sentence": " ".join(
            filter(
                None,
                [
                    _growth_sentence(growth, year, is_estimate),
                    _count_sentence(release, at_2, at_3_5),
                    _share_sentence(release, edition, us, total),
                ],
            )
        ),
        "tiles": _tiles(release, edition, year, is_estimate, growth, at_2, at_3_5, us, total),
    }


def _growth_sentence(growth: Row, year: int, is_estimate: bool) -> str:
    published = growth["real_growth_published_pct"]
    if published is None:
        return ""
    verb = (
        ("are estimated to raise" if is_estimate else "raised")
        if published >= 0
        else ("are estimated to cut" if is_estimate else "cut")
    )
    sentence = (
        f"European Allies and Canada {verb} defence spending by {wording.pct(abs(published))} in real terms in {year}"
    )
    fair = growth["like_for_like_growth_pct"]
    if fair is not None and abs(growth["accession_effect_pp"]) >= 0.05:
        sentence += f", or by {wording.pct(fair)} like for like, without the Allies that joined"
    return f"{sentence}."


def _count_sentence(release: Release, at_2: Row, at_3_5: Row) -> str:
    unknown = f" ({at_2['allies_unknown']} not given)" if at_2["allies_unknown"] else ""
    return (
        f"{at_2['allies_meeting']} of {len(release.allies)} Allies reach 2{wording.SPACE}% of GDP{unknown}, "
        f"{at_3_5['allies_meeting'] or 'none'} reach{'es' if at_3_5['allies_meeting'] in (0, 1) else ''} "
        f"3.5{wording.SPACE}%."
    )


def _share_sentence(release: Release, edition: Row, us: Row, total: Row) -> str:
    if us["share_of_total_pct"] is None:
        return ""
    return (
        f"The United States carries {wording.pct(us['share_of_total_pct'], 1)} of the total of "
        f"{wording.usd(total['expenditure_usd_m'])} ({release.basis_label(edition, 'constant').split(' and')[0]})."
    )


def _tiles(release, edition, year, is_estimate, growth, at_2, at_3_5, us, total) -> list[Tile]:
    label = wording.year_label(year, is_estimate)
    fair, effect = growth["like_for_like_growth_pct"], growth["accession_effect_pp"]
    if fair is None:
        growth_aside = "Like for like: this edition gives no dollars to compute it from."
        if year == min(edition["years"]):
            growth_aside = "Like for like: the edition has no year before."
    else:
        joined = f", {wording.pp(effect)} by accession" if abs(effect) >= 0.005 else ""
        growth_aside = f"Like for like {wording.pct(fair)}{joined}."
    missing = f" {at_2['allies_unknown']} not given." if at_2["allies_unknown"] else ""
    recomputed = at_2["allies_meeting_recomputed"]
    differs = (
        f" Recomputed from spending and GDP: {recomputed}."
        if recomputed is not None and recomputed != at_2["allies_meeting"]
        else ""
    )
    no_dollars = "This edition gives no expenditure in dollars."
    current_us = release.shares[edition["edition_id"], UNITED_STATES, year, "current"]["share_of_total_pct"]
    current_total = release.shares[edition["edition_id"], TOTAL, year, "current"]["expenditure_usd_m"]
    base = release.basis_label(edition, "constant").split(" and")[0]
    return [
        Tile(
            f"Real growth, Europe and Canada, {label}",
            Cells(growth).pct("real_growth_published_pct"),
            growth_aside,
            "growth.html",
            "Who drove it",
        ),
        Tile(
            f"Allies at 2{wording.SPACE}% of GDP, {label}",
            Cells(at_2).count("allies_meeting"),
            f"{at_3_5['allies_meeting']} at 3.5{wording.SPACE}%, of {len(release.allies)} Allies.{missing}{differs}",
            "compliance.html",
            "Every Ally against the targets",
        ),
        Tile(
            f"United States' share of the total, {label}",
            Cells(us).pct("share_of_total_pct", 1),
            no_dollars if current_us is None else f"At {base}; {wording.pct(current_us, 1)} at current prices.",
            "shares.html",
            "Shares of spending and of GDP",
        ),
        Tile(
            f"NATO total, {label}",
            Cells(total).usd("expenditure_usd_m"),
            no_dollars if current_total is None else f"At {base}; {wording.usd(current_total)} at current prices.",
            "shares.html",
            "Who carries how much",
        ),
    ]


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
            + [Cells(release.counts[e, year, "gdp_2"]).count("allies_meeting") for e in (then_id, now_id)]
            + [
                Cells(release.growth[e, EUROPE_AND_CANADA, year]).pct("real_growth_published_pct")
                for e in (then_id, now_id)
            ]
            for year in both
        ],
        note="Growth: real growth of European Allies and Canada as published.",
    )
    return {
        "before": release.edition_names[then_id],
        "sentences": [s for year in both if (s := _change(release, edition, before, year))],
        "table": table,
    }


def _change(release: Release, edition: Row, before: Row, year: int) -> str:
    now_id, then_id = edition["edition_id"], before["edition_id"]
    now, then = (release.counts[e, year, "gdp_2"]["allies_meeting"] for e in (now_id, then_id))
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


def _allies(release: Release, edition: Row, year: int, is_estimate: bool) -> list[dict[str, str]]:
    items = []
    for ally in release.allies:
        code = ally["entity_code"]
        row = release.compliance[edition["edition_id"], code, year, "gdp_2"]
        further = release.compliance[edition["edition_id"], code, year, "core_3_5"]
        status = "ahead" if further["meets_target"] else row["compliance_status"]
        words = {"ahead": "3.5 % met", "meets": "2 % met", "fails": "below 2 %", "unknown": "not given"}
        text = f"{wording.pct(row['value_pct'])}, {words[status]}" if status in words else "no armed forces"
        items.append({"name": ally["ally_name"], "href": ally_path(code), "status": status, "text": text})
    return items
