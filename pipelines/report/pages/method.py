"""Method: what the words mean, how figures are computed, where the published ones disagree, and the terms."""

from __future__ import annotations

from pipelines.report import wording
from pipelines.report.content import Column, Figure, Page, Table
from pipelines.report.release import Release

# Deviations below this are the last bits of floating point, not of interest to a reader.
WORTH_SHOWING = 0.001


def pages(release: Release) -> list[Page]:
    """Make the page on method."""
    return [
        Page(
            path="method.html",
            template="method.html",
            title="How it is computed",
            summary="What the words mean, how each figure is computed, and where the published figures disagree.",
            nav="method",
            context={
                "targets": list(release.targets.values()),
                "formulas": _formulas(release),
                "discrepancies": _discrepancies(release),
                "groups": release.rows("select entity_name, entity_kind from dim_entity where entity_kind <> 'ally'"),
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


def _discrepancies(release: Release) -> Table:
    found = release.rows(
        "select d.*, e.entity_name from fct_discrepancy d join dim_entity e using (entity_code) "
        "where deviation >= ? order by reason is null, deviation / tolerance desc",
        WORTH_SHOWING,
    )
    return Table(
        "Published figures that other published cells do not give",
        [
            Column("Edition", numeric=False),
            Column("Who", numeric=False),
            Column("Year"),
            Column("Relation", numeric=False),
            Column("Published"),
            Column("Computed"),
            Column("Why", numeric=False),
        ],
        [
            [
                Figure(row["edition_id"]),
                Figure(row["entity_name"]),
                Figure(str(row["year"]), row["year"]),
                Figure(row["relation"]),
                Figure(wording.number(row["published_value"], 3), row["published_value"]),
                Figure(wording.number(row["computed_value"], 3), row["computed_value"]),
                Figure(row["reason"] or "not known"),
            ]
            for row in found
        ],
        filterable=True,
        note=f"Deviations of {WORTH_SHOWING} and more; the table fct_discrepancy has all.",
    )
