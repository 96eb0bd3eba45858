"""Write, for each fact, the view of its newest figures and the macro that gives them as of a day.

An edition does not hold everything: August 2025 has shares and growth but no dollars. So the row that
is picked for a key is the newest one that holds the fact's own figures (`holds` in its header), and where
the header says `fallback`, a figure that this row lacks comes from the newest edition that has it; the
column `borrowed_figures` names both. `latest_growth` and `growth_as_of('2024-12-31')` are written alike.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.contracts.columns import Column
from pipelines.contracts.table import TableContract
from pipelines.models.parts import Model, View

FALLBACK = "borrowed_figures"
_BODY = """\
with published as (
    select
        rows_of_fact.*,
        editions.published_on as edition_day,
        {holds} as holds_figures
    from {fact} as rows_of_fact
    inner join dim_edition as editions using (edition_id)
    where {condition}
),

by_recency as (
    select
        *,
        row_number() over (
            {partition}order by holds_figures desc, edition_day desc, edition_id desc
        ) as recency
    from published
)
"""


def short_name(fact: str) -> str:
    """Name a fact without its layer: `growth` for `fct_growth`."""
    return fact.removeprefix("fct_")


def can_be_dated(model: Model) -> bool:
    """Tell whether a fact has editions to choose from; superseded revisions have none."""
    return model.layer == "facts" and "edition_id" in model.contract.grain and "revision" not in model.contract.grain


def latest_view(model: Model, dictionary: dict[str, Column]) -> View:
    """Write the view `latest_...` of a fact: for each key, the figures of the newest edition that holds them."""
    contract = model.contract
    columns = tuple(contract.column(name) for name in _order(model))
    if model.fallback:
        columns += (dictionary[FALLBACK],)
    described = TableContract(
        f"latest_{short_name(model.name)}",
        f"{model.name} by the newest edition that holds each figure; {short_name(model.name)}_as_of('2024-12-31') "
        "gives the same as it was known on a day.",
        _keys(model),
        columns,
    )
    return View(described, Path(f"{described.name}.sql"), _query(model, "true"), (model.name, "dim_edition"))


def as_of_macro(model: Model) -> tuple[str, str]:
    """Name a fact's macro, and write the query behind it, which knows `day`."""
    return f"{short_name(model.name)}_as_of", _query(model, "editions.published_on <= cast(day as date)")


def _keys(model: Model) -> tuple[str, ...]:
    return tuple(name for name in model.contract.grain if name != "edition_id")


def _order(model: Model) -> list[str]:
    names = [column.name for column in model.contract.columns]
    return [*_keys(model), "edition_id", *(name for name in names if name not in (*_keys(model), "edition_id"))]


def _query(model: Model, condition: str) -> str:
    keys = _keys(model)
    holds = " or ".join(f"rows_of_fact.{name} is not null" for name in model.holds) or "true"
    partition = f"partition by {', '.join(keys)} " if keys else ""
    body = _BODY.format(holds=holds, fact=model.name, condition=condition, partition=partition)
    if not model.fallback:
        return f"{body}\nselect\n    {_listed(_order(model))}\nfrom by_recency\nwhere recency = 1"
    figures = [c.name for c in model.contract.columns if c.type == "DOUBLE" and not c.required and c.name not in keys]
    picked = [_pick(name, name in figures) for name in _order(model) if name not in keys]
    taken = ",\n        ".join(_fallback(name) for name in figures)
    picked.append(f"nullif(concat_ws(\n        ', ',\n        {taken}\n    ), '') as {FALLBACK}")
    group = f"\ngroup by {', '.join(keys)}" if keys else ""
    return f"{body}\nselect\n    {_listed([*keys, *picked])}\nfrom by_recency{group}"


def _pick(name: str, is_figure: bool) -> str:
    """Take a column from the row that was picked; a figure that it lacks, from the next that has it."""
    # A word that the row lacks stays empty.
    taken = f"arg_min({name}, recency) filter ({name} is not null)" if is_figure else _newest(name)
    return f"{taken} as {name}"


def _newest(name: str) -> str:
    """Take a column from the row that was picked, of which there is one."""
    return f"max({name}) filter (recency = 1)"


def _fallback(name: str) -> str:
    return (
        f"case when {_newest(name)} is null and count({name}) > 0 "
        f"then '{name} from ' || arg_min(edition_id, recency) filter ({name} is not null) end"
    )


def _listed(columns: list[str]) -> str:
    return ",\n    ".join(columns)


def with_latest(models: dict[str, Model], views: dict[str, View], dictionary: dict[str, Column]) -> dict[str, View]:
    """Add the `latest_...` views of every fact to the project's own."""
    made = [latest_view(model, dictionary) for model in models.values() if can_be_dated(model)]
    return views | {view.name: view for view in made}
