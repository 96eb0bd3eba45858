"""Write the page of tables from `sql/`: what a row is, and each column with its unit and meaning."""

from __future__ import annotations

from pipelines.contracts.columns import Column
from pipelines.contracts.table import TableContract
from pipelines.docs import markdown
from pipelines.docs.markdown import code
from pipelines.models.project import Project


def page(project: Project) -> str:
    """Write all tables: those of a release with their columns, then those that they are made from."""
    published = [project.models[name].contract for name in sorted(project.published())]
    facts = [contract for contract in published if contract.name.startswith("fct_")]
    dimensions = [contract for contract in published if not contract.name.startswith("fct_")]
    newest = [view.contract for name, view in sorted(project.views.items()) if name.startswith("latest_")]
    views = [view.contract for name, view in sorted(project.views.items()) if not name.startswith("latest_")]
    staging = [model.contract for model in project.models.values() if model.layer == "staging"]
    sources = [source.contract for source in project.sources.values()]
    return markdown.page(
        "Tables",
        "What a release holds. A column means the same in every table; `burdenshare tables NAME` shows a table's on a "
        "screen, and DuckDB's comments hold them too. The *grain* is what makes a row: no two rows share it. Columns "
        "in **bold** are never null.",
        "## Contents",
        _contents({"Facts": facts, "Dimensions": dimensions, "Views": views}),
        "## Facts",
        *(part for contract in facts for part in _table(contract)),
        "## Dimensions",
        *(part for contract in dimensions for part in _table(contract)),
        "## Views",
        *(part for contract in views for part in _table(contract)),
        "## The newest figures, and those of a day",
        "Each of these views has the columns of its fact, and picks a row for each key; the macro of the same fact "
        "takes a day: `from growth_as_of('2025-12-31')`.",
        markdown.table(
            ["view", "macro", "one row for each"],
            [[code(c.name), code(_macro(c.name)), _grain(c)] for c in newest],
        ),
        "## What they are made from",
        "Not part of a release. Staging is the only SQL that reads the sources below it.",
        markdown.table(["staging", "one row for each", "what it holds"], map(_line, staging)),
        markdown.table(["source", "one row for each", "what it holds"], map(_line, sources)),
    )


def _contents(groups: dict[str, list[TableContract]]) -> str:
    rows = [
        [f"[`{contract.name}`](#{contract.name})", _grain(contract), markdown.first_sentence(contract.description)]
        for contracts in groups.values()
        for contract in contracts
    ]
    return markdown.table(["table", "one row for each", "what it holds"], rows)


def _table(contract: TableContract) -> list[str]:
    rows = [
        [_name(column, contract), _kind(column), column.unit or "", _meaning(column)] for column in contract.columns
    ]
    return [
        f"### {contract.name}",
        contract.description,
        f"Grain: {_grain(contract)}.",
        markdown.table(["column", "type", "unit", "meaning"], rows),
    ]


def _line(contract: TableContract) -> list[str]:
    return [code(contract.name), _grain(contract), contract.description]


def _macro(view: str) -> str:
    return f"{view.removeprefix('latest_')}_as_of(day)"


def _grain(contract: TableContract) -> str:
    return ", ".join(code(name) for name in contract.grain)


def _name(column: Column, contract: TableContract) -> str:
    filled = column.required or column.name in contract.grain
    return f"**{code(column.name)}**" if filled else code(column.name)


def _kind(column: Column) -> str:
    return column.type.lower()


def _meaning(column: Column) -> str:
    values = f" One of {', '.join(code(value) for value in column.values)}." if column.values else ""
    listed = f" Listed in {code(column.references)}." if column.references else ""
    return column.description + values + listed
