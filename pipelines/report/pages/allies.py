"""One page for each Ally: is it on track, what does it carry, how was it revised."""

from __future__ import annotations

from typing import Any

from .. import charts, wording
from ..content import Axis, Cells, Chart, Column, Figure, Link, Page, Table, Words, phrase
from ..release import CORE, EQUIPMENT, GDP, Release, Row
from . import outlook, paths, publishers
from .breaks import span_label, spans
from .common import (
    Tile,
    ally_path,
    by,
    by_edition,
    did,
    edition_axis,
    most,
    value_with_status,
)
from .compliance import gap_in_current_dollars
from .shares import share_chart

# Four lines can be told apart on paper; older editions are in the table.
EDITIONS_DRAWN = 4

SAID_BY = {"press": "the press", "publisher": "NATO's own tables"}

NAVIGATION = Link(60, "Allies", "index.html#allies")


def pages(release: Release) -> list[Page]:
    """Make a page for every Ally."""
    specs = charts.specs("share_of_gdp_by_year", "ally_growth", "share_by_year")
    return [_page(release, ally, specs) for ally in release.allies]


def _page(release: Release, ally: Row, specs: dict[str, dict[str, Any]]) -> Page:
    code = ally["entity_code"]
    links = {ally_path(other["entity_code"]).split("/")[-1]: other["ally_name"] for other in release.allies}
    broken = [_break(span) for span in spans(release) if span["entity_code"] == code]
    groups = {"europe": "in Europe", "canada": "across the Atlantic", "united_states": "across the Atlantic"}
    return Page(
        path=ally_path(code),
        template="ally.html",
        title=ally["ally_name"],
        summary=(
            f"Ally {groups[ally['region']]} since {ally['accession_year']}"
            + (", member of the European Union" if ally["is_in_eu"] else "")
            + ("." if ally["has_armed_forces"] else ". It has no armed forces, and the targets do not apply to it.")
        ),
        nav=NAVIGATION,
        axes=[
            Axis("page", "Ally", links, ally_path(code).split("/")[-1], links=True),
            edition_axis(release),
        ],
        specs=specs if ally["has_armed_forces"] else {},
        context={
            "ally": ally,
            "now": by_edition(release, lambda edition: _edition(release, edition, ally, broken)),
            "by_edition": _by_edition_chart(release, ally),
            "revised": _revised(release, ally),
            "publishers": publishers.of_ally(release, ally["entity_code"]),
        },
    )


def _edition(release: Release, edition: Row, ally: Row, broken: list[str]) -> dict[str, Any]:
    code, key = ally["entity_code"], edition["edition_id"]
    nothing: dict[str, Any] = {
        "sentence": "",
        "path": "",
        "tiles": [],
        "growth": None,
        "breaks": [],
        "share": "",
        "table": None,
    }
    if not ally["has_armed_forces"]:
        return nothing | _without_forces(release, edition, code)
    given = [y for y in edition["years"] if release.compliance[key, code, y, GDP]["value_pct"] is not None]
    if not given:
        return nothing | {"sentence": "We hold no figures of this edition."}
    return {
        "sentence": _sentence(release, edition, ally, given[-1]),
        "path": paths.sentence_of(release, edition, ally),
        "tiles": _tiles(release, edition, code, given[-1]),
        "growth": _growth_chart(release, edition, code),
        "breaks": broken,
        "share": share_chart(release, edition, code),
        "table": _table(release, edition, code),
    }


def _break(span: dict[str, Any]) -> str:
    """Tell a break by its years, kind and who says so: nobody's is what a rule found, and trends keep it."""
    who = "no source" if span["said_by"] == "nobody" else f"said by {SAID_BY.get(span['said_by'], span['said_by'])}"
    return f"{span_label(span)}, {span['break_kind']}, {who}: {span['reason']}."


def _without_forces(release: Release, edition: Row, code: str) -> dict[str, Any]:
    """Show the one thing that an edition may give of an Ally without armed forces: its weight in the Alliance's GDP."""
    rows = [release.shares[edition["edition_id"], code, year, "constant"] for year in edition["years"]]
    given = [row for row in reversed(rows) if row["share_of_alliance_gdp_pct"] is not None]
    if not given:
        return {"sentence": "We hold no figures of it in this edition."}
    return {
        "table": Table(
            f"Share of the Alliance's GDP, {release.edition_names[edition['edition_id']]}",
            [Column("Year"), Column("Share of the Alliance's GDP", "constant prices")],
            [
                [
                    Figure(wording.year_label(row["year"], row["is_estimate"]), row["year"]),
                    Cells(row).pct("share_of_alliance_gdp_pct"),
                ]
                for row in given
            ],
        )
    }


def _sentence(release: Release, edition: Row, ally: Row, year: int) -> Words:
    code, key = ally["entity_code"], edition["edition_id"]
    gdp, core, equipment = (release.compliance[key, code, year, target] for target in (GDP, CORE, EQUIPMENT))
    estimated = gdp["is_estimate"]
    meets = "is estimated to meet" if estimated else "meets"
    against = "is estimated to be below 2 %" if estimated else "is below 2 %"
    if gdp["meets_target"]:
        against = f"{meets} both 2 % and 3.5 %" if core["meets_target"] else f"{meets} 2 % but not yet 3.5 %"
    said = phrase(
        f"{by(release, edition)} {wording.the(ally['ally_name'])} {against}, with {{share}} of GDP in "
        f"{wording.year_label(year, gdp['is_estimate'])}",
        share=Cells(gdp).pct("value_pct"),
    )
    if equipment["value_pct"] is not None:
        also = "reaches" if equipment["meets_target"] else "does not reach"
        if equipment["is_estimate"]:
            also = f"is {'' if equipment['meets_target'] else 'not '}estimated to reach"
        part = Cells(equipment).pct("value_pct", 1)
        said += phrase(f"; it {also} 20 % equipment with {{part}}", part=part)
    said += [". "]
    if year != max(edition["years"]):
        said += [f"For {max(edition['years'])} this edition gives no value. "]
    first, begins = gdp["first_year_met"], gdp["data_begin_year"]
    if first == begins and first:
        said += [f"It was at 2 % in {first} already, where this edition’s figures begin."]
    elif first:
        is_estimated = edition["years"][first]
        done = (
            "is estimated to have first met" if is_estimated and first < edition["published_on"].year else "first met"
        )
        done = "is estimated to first meet" if is_estimated and first >= edition["published_on"].year else done
        said += [f"It {done} 2 % in {wording.year_label(first, is_estimated)}, of the years since {begins}."]
    return said + outlook.share_sentence(release, gdp)


def _tiles(release: Release, edition: Row, code: str, year: int) -> list[Tile]:
    key = edition["edition_id"]
    gdp, equipment = (release.compliance[key, code, year, target] for target in (GDP, EQUIPMENT))
    growth, share = release.growth[key, code, year], release.shares[key, code, year, "constant"]
    label = wording.year_label(year, gdp["is_estimate"])
    return [
        Tile(f"Share of GDP, {label}", Cells(gdp).pct("value_pct"), _distance(gdp)),
        Tile(
            f"Real growth, {label}",
            Cells(growth).pct("real_growth_published_pct"),
            phrase(
                f"Since {release.series(edition, code)[0]['year']}: {{growth}}.",
                growth=Cells(growth).pct("cumulative_real_growth_pct", 1, sign=True),
            ),
        ),
        Tile(
            f"Equipment, {label}",
            Cells(equipment).pct("value_pct", 1),
            "of its spending; target 20 %.",
        ),
        Tile(
            f"Share of NATO's total, {label}",
            Cells(share).pct("share_of_total_pct"),
            phrase("{gdp} of the Alliance's GDP, constant prices.", gdp=Cells(share).pct("share_of_alliance_gdp_pct"))
            if share["share_of_alliance_gdp_pct"] is not None
            else wording.first_upper(share["null_reason"] or "share of GDP not given") + ".",
        ),
    ]


def _distance(gdp: Row) -> Words:
    """Describe how far an Ally is from 2 %, in points and in dollars, and which rank it has."""
    if round(gdp["gap_pp"], 2) == 0:
        said: Words = ["At the line of 2 %."]
    else:
        said = phrase("{points} points from 2 %", points=Cells(gdp).pp("gap_pp"))
        if gdp["gap_current_usd_m"] is not None:
            derived = ", derived" if gdp["gap_current_source"] == "derived" else ""
            said += phrase(f", {{dollars}} at current prices{derived}", dollars=gap_in_current_dollars(gdp))
        said += ["."]
    if gdp["rank_in_year"]:
        said += phrase(" Rank {rank} in the Alliance.", rank=Cells(gdp).count("rank_in_year"))
    return said


def _growth_chart(release: Release, edition: Row, code: str) -> Chart:
    found = release.series(edition, code)
    rows = [
        Cells(row).point(
            "real_growth_published_pct",
            wording.pct(row["real_growth_published_pct"]),
            year=wording.year_label(row["year"], row["is_estimate"]),
        )
        for row in found
        if row["real_growth_published_pct"] is not None
    ]
    name = wording.first_upper(wording.the(release.names[code]))
    title = f"We hold no growth of {release.names[code]} in this edition"
    if best := most(found, "real_growth_published_pct", 1):
        year = wording.year_label(best[0]["year"], best[0]["is_estimate"])
        title = f"{name}: fastest real growth in {year}, {wording.pct(best[0]['real_growth_published_pct'], 1)}"
    if found and found[-1]["cumulative_real_growth_pct"] is not None:
        last = found[-1]
        word = "more" if last["cumulative_real_growth_pct"] >= 0 else "less"
        title = (
            f"{name} {did(release, last['year'], last['is_estimate'], 'spend', count=1)} "
            f"{wording.pct(abs(last['cumulative_real_growth_pct']), 0)} {word} in real terms in "
            f"{wording.year_label(last['year'], last['is_estimate'])} than in {found[0]['year']}"
        )
    return Chart(
        f"real-growth-{code.lower()}",
        "ally_growth",
        title,
        f"Real change of defence expenditure on the year before, percent, as published. {charts.ESTIMATES}",
        f"Bar chart by year. {title}. The figures are in the table of all years.",
        release.source_line(edition, release.tables_of(edition, "2", "3")),
        rows,
    )


def _by_edition_chart(release: Release, ally: Row) -> Chart | None:
    """Draw the share of GDP by year as each edition gives it."""
    if not ally["has_armed_forces"]:
        return None
    code = ally["entity_code"]
    rows = []
    for edition in release.editions[:EDITIONS_DRAWN]:
        for year in edition["years"]:
            row = release.compliance[edition["edition_id"], code, year, GDP]
            if row["value_pct"] is not None:
                # The axis is the year without its mark: what one edition estimates, another knows.
                rows.append(
                    Cells(row).point(
                        "value_pct",
                        wording.pct(row["value_pct"]),
                        year=str(year),
                        series=release.edition_names[edition["edition_id"]],
                    )
                )
    if not rows:
        return None
    of_newest = [row for row in rows if row["series"] == rows[0]["series"]]
    first, last = of_newest[0], of_newest[-1]
    title = (
        f"{wording.first_upper(wording.the(ally['ally_name']))}: {last['label']} of GDP in "
        f"{wording.year_label(last['year'], last['estimate'])}, {first['label']} in {first['year']}"
    )
    return Chart(
        f"share-of-gdp-{code.lower()}",
        "share_of_gdp_by_year",
        title,
        "Defence expenditure as a share of real GDP, as published, edition by edition. Hollow points: estimates. "
        "Dashed lines: 2 % and 3.5 %.",
        f"Line chart by year, one line for each edition. {title}. The table below has the figures.",
        release.source_line(release.newest, "Table 3, and the editions before"),
        rows,
    )


def _revised(release: Release, ally: Row) -> Table | None:
    """List the share of GDP of every year by every edition."""
    code = ally["entity_code"]
    if not ally["has_armed_forces"]:
        return None
    years = sorted({year for edition in release.editions for year in edition["years"]}, reverse=True)

    def cell(edition: Row, year: int) -> Figure:
        row = release.compliance.get((edition["edition_id"], code, year, GDP))
        return value_with_status(row) if row else Figure(wording.NOTHING)

    return Table(
        "Share of GDP by year and edition",
        [Column("Year"), *(Column(release.edition_names[e["edition_id"]], "% of GDP") for e in release.editions)],
        [[Figure(str(year), year), *(cell(edition, year) for edition in release.editions)] for year in years],
    )


def _table(release: Release, edition: Row, code: str) -> Table:
    key = edition["edition_id"]
    rows = []
    for year in sorted(edition["years"], reverse=True):
        gdp, core, equipment = (release.compliance[key, code, year, target] for target in (GDP, CORE, EQUIPMENT))
        growth, share = release.growth.get((key, code, year)), release.shares[key, code, year, "constant"]
        head = wording.year_label(year, edition["years"][year])
        if gdp["is_member"] is False:
            head += ", before joining"
        rows.append(
            [
                Figure(head, year),
                Cells(share).usd("expenditure_usd_m"),
                value_with_status(gdp),
                gap_in_current_dollars(core),
                value_with_status(equipment),
                Cells(growth).pct("real_growth_published_pct") if growth else Figure(wording.NOTHING),
                Cells(share).pct("share_of_total_pct"),
                Cells(share).pct("share_of_alliance_gdp_pct"),
            ]
        )
    return Table(
        f"All years, {release.edition_names[key]}",
        [
            Column("Year"),
            Column("Spending", "constant prices"),
            Column("Share of GDP", "target 2 %"),
            Column("Gap to 3.5 %", "current dollars"),
            Column("Equipment", "target 20 %"),
            Column("Real growth", "as published"),
            Column("Share of total", "constant prices"),
            Column("Share of GDP of the Alliance", "constant prices"),
        ],
        rows,
        note=f"Spending and shares at {release.basis_label(edition, 'constant')}; the gap at current prices and "
        "exchange rates, pale where its GDP is derived from the published share.",
    )
