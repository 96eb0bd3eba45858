"""Write the page of checks from `sql/` and its seeds: contracts, audits, relations, known exceptions."""

from __future__ import annotations

import csv
from pathlib import Path

from ..contracts.table import Check
from ..models.project import Project
from . import markdown
from .markdown import code


def page(project: Project, seeds: Path) -> str:
    """Write all checks: what each expects, of which table, and what to do when it finds something."""
    audits = [audit for _, audit in sorted(project.audits.items())]
    relations, exceptions = _lines(seeds / "relations.csv"), _lines(seeds / "exceptions.csv")
    return markdown.page(
        "Checks",
        "A check is a query that must return no rows; the rows that it returns are told by name, with their cells. One "
        "that blocks keeps a release from being published; every other that finds something is a warning that "
        "reaches people (see [operations](operations.md)).",
        "## Contracts",
        f"Every table is held to its contract, in one check each ({len(project.sources) + len(project.models)} tables, "
        f"{len(project.dictionary)} columns, all in `sql/columns.yml`): one row for each grain, required columns "
        "filled, numbers finite, values within their bounds or their list, and, in facts and dimensions, keys that "
        "their dimension lists. A contract always blocks. [Tables](tables.md) shows grain, required columns and lists.",
        "## Audits",
        *(part for audit in audits for part in _audit(project, audit)),
        "## Relations between published figures",
        "What the published figures must give for each other, within their rounding. A deviation up to the tolerance "
        "is listed in `fct_discrepancy`; beyond it, a workbook is refused and a build stops.",
        markdown.table(
            ["relation", "in words", "tolerance"],
            [
                [code(line["relation_id"]), line["relation"], f"{line['tolerance']} {line['tolerance_unit']}"]
                for line in relations
            ],
        ),
        "## Known exceptions",
        "Published cells that deviate all the same, by name.",
        markdown.table(
            ["edition", "relation", "who, when", "why"],
            [
                [
                    code(line["edition_id"]),
                    code(line["relation_id"]),
                    f"{line['entity_code']} {line['year']}",
                    line["reason"],
                ]
                for line in exceptions
            ],
        ),
    )


def _audit(project: Project, audit: Check) -> list[str]:
    tables = [name for name, model in project.models.items() if audit.name in model.audits]
    sentences = [
        f"Asked of {', '.join(code(name) for name in tables)}.",
        "Blocks a release." if audit.blocking else "Warns.",
        "Judges workbooks too, before they are taken in." if audit.judges_files else "",
    ]
    return [
        f"### {audit.name}",
        audit.description,
        " ".join(sentence for sentence in sentences if sentence),
        f"What to do: {audit.advice}",
    ]


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
