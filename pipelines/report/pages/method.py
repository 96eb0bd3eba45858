"""Method: what the words mean, how figures are computed, where the published ones disagree, and the terms."""

from __future__ import annotations

from functools import partial

from .. import wording
from ..content import Cells, Column, Figure, Link, Page, Table
from ..release import Release, Row
from . import common, outlook

# Norway sells gas: in these years its deflator says more of the price of gas than of what armed forces buy.
GAS_YEARS = (2021, 2022, 2023)

# Deviations below this are the last bits of floating point, not of interest to a reader.
WORTH_SHOWING = 0.001

NAVIGATION = Link(80, "Method", "method.html")


def pages(release: Release) -> list[Page]:
    """Make the page on method."""
    return [
        Page(
            path="method.html",
            template="method.html",
            title="How it is computed",
            summary="What the words mean, how each figure is computed, and where the published figures disagree.",
            nav=NAVIGATION,
            axes=[common.edition_axis(release)],
            context={
                "targets": list(release.targets.values()),
                "deflated": _deflated(release),
                "behind": _behind(release),
                "formulas": _formulas(release),
                "unlike": common.by_edition(release, partial(_unlike, release)),
                "breaks": _breaks(release),
                "joined": release.rows(
                    "select ally_name, accession_year from dim_ally where accession_year > ? order by accession_year",
                    min(year for edition in release.editions for year in edition["years"]),
                ),
                "allies_count": len(release.allies),
            },
        )
    ]


def _formulas(release: Release) -> Table:
    """List every computed figure with its meaning and the formula that its SQL gives; what is handed on, once."""
    lineage, rows, seen = release.lineage, [], set()
    for table in release.tables:
        for column in lineage.figure_columns(table):
            formula = lineage.formula(table, column)
            if not any(" = " in line for line in formula) or formula in seen:
                continue
            seen.add(formula)
            about = lineage.models[table]["columns"][column]["description"]
            rows.append([Figure(f"{table}.{column}"), Figure(about), Figure("\n".join(formula), css="formula")])
    return Table(
        "Formulas, as the SQL has them",
        [Column("Table and column", numeric=False), Column("Meaning", numeric=False), Column("Formula", numeric=False)],
        rows,
        filterable=True,
    )


def _deflated(release: Release) -> Table:
    """Show what NATO's deflator makes of Norway's spending, edition by edition."""
    found = [
        (edition, year)
        for edition in release.editions
        for year in GAS_YEARS
        if release.deflators[edition["edition_id"], "NOR", year]["spending_deflator_change_pct"] is not None
    ]
    rows = []
    for edition, year in found:
        growth = release.growth[edition["edition_id"], "NOR", year]
        deflator = release.deflators[edition["edition_id"], "NOR", year]
        rows.append(
            [
                Figure(release.edition_names[edition["edition_id"]], edition["edition_id"]),
                Figure(wording.year_label(year, bool(deflator["is_estimate"])), year),
                Cells(growth).pct("nominal_growth_lcu_pct", 1, sign=True),
                Cells(deflator).pct("spending_deflator_change_pct", 1, sign=True),
                Cells(deflator).pct("gdp_deflator_change_pct", 1, sign=True),
                Cells(growth).pct("real_growth_pct", 1, sign=True),
            ]
        )
    return Table(
        "Norway: what a deflator of GDP makes of spending",
        [
            Column("Edition", numeric=False),
            Column("Year"),
            Column("Spending", "in kroner"),
            Column("Prices of spending", "change"),
            Column("Prices of GDP", "change"),
            Column("Real growth", "recomputed"),
        ],
        rows,
        note="Prices are those that the edition’s own tables imply, at current over constant prices.",
    )


def _behind(release: Release) -> int:
    """Return on how many editions the ranges of the newest figures stand."""
    return outlook.editions_behind(release, release.newest, max(release.newest["years"]))


def _unlike(release: Release, edition: Row) -> dict[str, Table]:
    """List what does not agree in an edition, and what cannot be compared: all editions' would make the page long."""
    own = edition["edition_id"]
    rows = {
        name: [row for row in release.table(name) if row["edition_id"] == own]
        for name in ("fct_discrepancy", "fct_uncheckable_relation")
    }
    return {
        "discrepancies": _discrepancies(release, rows["fct_discrepancy"]),
        "uncheckable": _uncheckable(release, rows["fct_uncheckable_relation"]),
    }


def _discrepancies(release: Release, rows: list[Row]) -> Table:
    found = [row for row in rows if row["deviation"] >= WORTH_SHOWING]
    found.sort(key=lambda row: (row["reason"] is None, -row["deviation"] / row["tolerance"]))
    return Table(
        "Published figures that other published cells do not give",
        [
            Column("Who", numeric=False),
            Column("Year"),
            Column("Relation", numeric=False),
            Column("Published"),
            Column("Computed"),
            Column("Why", numeric=False),
        ],
        [
            [
                Figure(release.names[row["entity_code"]]),
                Figure(str(row["year"]), row["year"]),
                Figure(row["relation"]),
                _published(row),
                _computed(row),
                Figure(row["reason"] or "not known"),
            ]
            for row in found
        ],
        filterable=True,
        note=f"Deviations of {WORTH_SHOWING} and more; the table fct_discrepancy has all.",
    )


def _published(row: Row) -> Figure:
    """Show what was published, or what a sum must give, which nobody publishes."""
    if row["relation_id"] == "categories":
        return Figure("100 by definition", row["published_value"])
    return Cells(row).number("published_value", 3)


def _computed(row: Row) -> Figure:
    """Show what the others give; a bound on what may change stands in the relation, and comes from no cell."""
    if row["tolerance_unit"] == "times" and row["computed_value"] == 1:
        return Figure("1, no change", row["computed_value"])
    if row["relation_id"] == "rate_of_dollar":
        return Figure("1 by definition", row["computed_value"])
    return Cells(row).number("computed_value", 3)


def _uncheckable(release: Release, rows: list[Row]) -> Table:
    """List the aggregates that cannot be compared with their members, a line for all years of one reason."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        key = ("entity_code", "relation", "price_basis", "missing_members", "uncheckable_reason")
        found.setdefault(tuple(row[name] for name in key), []).append(row)
    return Table(
        "Aggregates that cannot be compared with their members",
        [
            Column("Aggregate", numeric=False),
            Column("Relation", numeric=False),
            Column("Prices", numeric=False),
            Column("Years", numeric=False),
            Column("Missing", numeric=False),
            Column("Why", numeric=False),
        ],
        [
            [
                Figure(release.names[entity]),
                Figure(relation),
                Figure("" if basis == "none" else basis),
                Figure(_span([row["year"] for row in alike])),
                Figure(wording.join([release.names[code] for code in missing.split()])),
                Figure(reason),
            ]
            for (entity, relation, basis, missing, reason), alike in found.items()
        ],
        filterable=True,
        note="That no discrepancy is listed for them does not mean that they agree.",
    )


def _span(years: list[int]) -> str:
    first, last = min(years), max(years)
    if len(set(years)) == 1:
        return str(first)
    return f"{first} to {last}" if len(set(years)) == last - first + 1 else ", ".join(map(str, sorted(set(years))))


def _breaks(release: Release) -> Table:
    measures = {"gdp": "GDP", "defence_expenditure": "defence expenditure"}
    return Table(
        "Real breaks: no errors, but years that compare unlike things",
        [Column("Who", numeric=False), Column("Year"), Column("What", numeric=False), Column("Why", numeric=False)],
        [
            [
                Figure(release.names[row["entity_code"]]),
                Figure(str(row["year"]), row["year"]),
                Figure(measures.get(row["measure"], row["measure"])),
                Figure(row["reason"]),
            ]
            for row in release.breaks
        ],
    )
