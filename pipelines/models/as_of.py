"""Write, for each fact, the views of what was known when, and the macro that gives it for a day.

An edition does not hold everything: August 2025 has shares and growth but no dollars. So the row that is
shown for a key is of the newest edition that holds the fact's own figures (`holds` in its header), and it is
taken whole, because figures of two editions are no arithmetic. Figures that stand in no formula with the rest
may come from an older edition as a `block`, whole as well, which names its edition beside them. Where rows
add up, such as the shares of a year, all of them come from one edition (`together`).

`growth_known` has a row for each key and each span of days in which it was what one knew; it is a plain view,
because nothing else answers in every client once the file is attached under a name. `latest_growth` is its
last span, written out for the same reason, and `growth_as_of('2024-12-31')` its short form for a day.
"""

from __future__ import annotations

from pathlib import Path

from ..contracts.columns import Column
from ..contracts.table import TableContract
from .parts import Model, View

FALLBACK = "borrowed_figures"
SPAN = ("known_from", "known_until")
# The day on which a span ends that has not ended; a null would be no answer to `day < known_until`.
STILL = "date '9999-12-31'"


def short_name(fact: str) -> str:
    """Name a fact without its layer: `growth` for `fct_growth`."""
    return fact.removeprefix("fct_")


def can_be_dated(model: Model) -> bool:
    """Tell whether a fact has editions to choose from for its keys; superseded revisions have none."""
    grain = model.contract.grain
    return model.layer == "facts" and "edition_id" in grain and len(grain) > 1 and "revision" not in grain


def view_names(model: Model) -> tuple[str, ...]:
    """Name the views of a fact: what was known when, and what is known now."""
    name = short_name(model.name)
    return (f"{name}_known", f"latest_{name}") if can_be_dated(model) else ()


def views_of(model: Model, dictionary: dict[str, Column]) -> tuple[View, View]:
    """Write the views `..._known` and `latest_...` of a fact."""
    name, keys = short_name(model.name), _keys(model)
    columns = tuple(dictionary.get(c) or model.contract.column(c) for c in _columns(model))
    span = tuple(dictionary[column] for column in SPAN)
    known = TableContract(
        f"{name}_known",
        f"{model.name} as it was known, one row for each span of days: known_from <= day and day < known_until gives, "
        f"in every client, what {name}_as_of(day) gives. Each row is of the newest edition that held it then.",
        (*keys, SPAN[0]),
        (*columns[: len(keys)], *span, *columns[len(keys) :]),
    )
    latest = TableContract(
        f"latest_{name}",
        f"{model.name} by the newest edition that holds each row; {name}_as_of('2024-12-31') gives it as it was "
        f"known on a day, {name}_known for all days.",
        keys,
        columns,
    )
    return _view(model, known, f"{SPAN[0]} < {SPAN[1]}"), _view(model, latest, f"{SPAN[1]} = {STILL}")


def _view(model: Model, contract: TableContract, condition: str) -> View:
    query = _query(model, contract, condition)
    return View(contract, Path(f"{contract.name}.sql"), query, (model.name, "dim_edition"))


def as_of_macro(model: Model) -> tuple[str, str]:
    """Name a fact's macro, and write the query behind it, which knows `day`."""
    name = short_name(model.name)
    columns = _listed(_columns(model), 4)
    days = "known_from <= cast(day as date) and cast(day as date) < known_until"
    return f"{name}_as_of", f"select\n    {columns}\nfrom {name}_known\nwhere {days}"


def with_views(models: dict[str, Model], views: dict[str, View], dictionary: dict[str, Column]) -> dict[str, View]:
    """Add the views of every fact to the project's own."""
    made = [view for model in models.values() if can_be_dated(model) for view in views_of(model, dictionary)]
    return views | {view.name: view for view in made}


def block_columns(block: str) -> tuple[str, str]:
    """Name the columns that say of which edition a block is, and whether it is an estimate."""
    return f"{block}_edition_id", f"{block}_is_estimate"


def _keys(model: Model) -> tuple[str, ...]:
    return tuple(name for name in model.contract.grain if name != "edition_id")


def _columns(model: Model) -> list[str]:
    """List what a reader sees: keys and edition, then the fact's columns, then what is told of its blocks."""
    names = [column.name for column in model.contract.columns]
    first = [*_keys(model), "edition_id"]
    of_blocks = [name for block in model.blocks for name in block_columns(block)]
    return [*first, *(name for name in names if name not in first), *of_blocks, *([FALLBACK] if model.blocks else [])]


_BODY = """\
with editions as (
    select
        edition_id,
        published_on,
        row_number() over (order by published_on, edition_id) as edition_number
    from dim_edition
),

published as (
    select
        fact.*,
        editions.published_on as edition_day,
        editions.edition_number,
        {holds}
    from {fact} as fact
    inner join editions using (edition_id)
),

held as (
    select
        {set},
        edition_number,
        max(edition_day) as known_from,
        {held}
    from published
    group by {set}, edition_number
),

-- Of the editions up to this one, the newest that holds the figures.
picked as (
    select
        {set},
        edition_number,
        known_from,
        {picks}
    from held
    window so_far as (partition by {set} order by edition_number)
),

changes as (
    select
        *,
        {same} as changes_nothing
    from picked
    window in_order as (partition by {set} order by edition_number)
),

spans as (
    select
        {set},
        {picked},
        known_from,
        coalesce(lead(known_from) over (partition by {set} order by edition_number), {still}) as known_until
    from changes
    where changes_nothing is not true
)

select
    {columns}
from spans
inner join published as base
    on {base}{blocks}
where {condition}
order by {keys}"""


def _query(model: Model, contract: TableContract, condition: str) -> str:
    """Write the query of a view; its row and each of its blocks pick an edition of their own."""
    rows = model.together or _keys(model)
    holds = {"row": model.holds} | {block: _figures(model, block) for block in model.blocks}
    return _BODY.format(
        fact=model.name,
        set=", ".join(rows),
        holds=_listed([f"{_given(columns)} as holds_{name}" for name, columns in holds.items()], 8),
        held=_listed([f"bool_or(holds_{name}) as holds_{name}" for name in holds], 8),
        picks=_listed([_pick(name) for name in holds], 8),
        same="\n        and ".join(f"picked_{name} = lag(picked_{name}) over in_order" for name in holds),
        picked=_listed([f"picked_{name}" for name in holds], 8),
        still=STILL,
        columns=_listed([_column(model, column.name) for column in contract.columns], 4),
        base=_same("base", "spans", rows, "row"),
        blocks="".join(
            f"\nleft join published as {b}\n    on {_same(b, 'base', _keys(model), b)}" for b in model.blocks
        ),
        condition=condition,
        # By their tables: DuckDB 1 does not know that a bare name means the column that is shown.
        keys=", ".join(_column(model, name) for name in contract.grain),
    )


def _figures(model: Model, block: str) -> tuple[str, ...]:
    return tuple(name for name in model.blocks[block] if model.contract.column(name).type == "DOUBLE")


def _given(columns: tuple[str, ...]) -> str:
    return " or ".join(f"fact.{column} is not null" for column in columns) or "true"


def _pick(name: str) -> str:
    """Pick for the row, and for a block that no edition holds, what the row picks; without one, the newest."""
    wanted = [name] if name == "row" else [name, "row"]
    newest = [f"max(case when holds_{part} then edition_number end) over so_far" for part in wanted]
    return f"coalesce({', '.join(newest)}, edition_number) as picked_{name}"


def _same(table: str, other: str, keys: tuple[str, ...], picked: str) -> str:
    equal = [f"{table}.{key} = {other}.{key}" for key in keys]
    return "\n    and ".join([*equal, f"{table}.edition_number = spans.picked_{picked}"])


def _column(model: Model, name: str) -> str:
    """Take a column from the row, its span or its block."""
    if name in SPAN:
        return f"spans.{name}"
    if name == FALLBACK:
        taken = [_borrowed(block, figure) for block in model.blocks for figure in _figures(model, block)]
        return f"nullif(concat_ws(\n        ', ',\n        {_listed(taken, 8)}\n    ), '') as {name}"
    for block, columns in model.blocks.items():
        if name in columns:
            return f"{block}.{name}"
        if name in block_columns(block):
            return f"case when {block}.holds_{block} then {block}.{name.removeprefix(f'{block}_')} end as {name}"
    return f"base.{name}"


def _borrowed(block: str, figure: str) -> str:
    return (
        f"case when {block}.edition_id <> base.edition_id and {block}.{figure} is not null "
        f"then '{figure} from ' || {block}.edition_id end"
    )


def _listed(parts: list[str], indent: int) -> str:
    return f",\n{' ' * indent}".join(parts)
