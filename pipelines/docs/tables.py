"""Write the page of tables from `sql/`: what a row is, and each column with its unit and meaning."""

from __future__ import annotations

from ..contracts.columns import Column
from ..contracts.table import TableContract
from ..models.as_of import as_of_macro, can_be_dated, view_names
from ..models.macros import Macro
from ..models.parts import Model
from ..models.project import Project
from . import markdown
from .markdown import code


def page(project: Project) -> str:
    """Write all tables: those of a release with their columns, then those that they are made from."""
    published = [project.models[name].contract for name in sorted(project.published())]
    facts = [contract for contract in published if contract.name.startswith("fct_")]
    dimensions = [contract for contract in published if not contract.name.startswith("fct_")]
    dated = [model for _, model in sorted(project.models.items()) if can_be_dated(model)]
    of_facts = {name for model in dated for name in view_names(model)}
    views = [view.contract for name, view in sorted(project.views.items()) if name not in of_facts]
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
        "Each of these has the columns of its fact and one row for each key: the newest, those of a day "
        "(`from growth_as_of('2025-12-31')`), and for each span of days what was known then. A row is of one edition; "
        "where one fact adds figures of another edition as a block, columns such as `dollars_edition_id` name it.",
        markdown.table(
            ["the newest", "of a day", "of every day", "one row for each"],
            [_dated(model, project) for model in dated],
        ),
        "## Questions with parameters",
        "Macros, for DuckDB where the file of a release is opened, or after `use`. `left_out` takes a list of codes.",
        markdown.table(["macro", "what it answers"], map(_question, project.questions.values())),
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
        *(f"Withdrawn: {code(column)}. Ask {instead}." for column, instead in contract.withdrawn),
    ]


def _line(contract: TableContract) -> list[str]:
    return [code(contract.name), _grain(contract), contract.description]


def _dated(model: Model, project: Project) -> list[str]:
    known, latest = view_names(model)
    return [code(latest), code(f"{as_of_macro(model)[0]}(day)"), code(known), _grain(project.views[latest].contract)]


def _question(macro: Macro) -> list[str]:
    return [code(f"{macro.name}({', '.join(macro.parameters)})"), macro.description]


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
