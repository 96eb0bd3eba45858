"""Judge a statement by every edition of a release, in the same way as the claims of the seed.

The one definition of a verdict is the model `fct_claim`; its SQL travels with the release, and a new
statement takes the place of `dim_claim` in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from ..contracts.metrics import Metric as Metric
from .connection import open_release
from .current import current_release
from .entities import EntityNames, UnknownEntity, read_entities
from .explain import read_models
from .statements import WITH_TARGET, coarser, decimals_of
from .statements import NotAStatement as NotAStatement
from .statements import Statement as Statement

if TYPE_CHECKING:
    from ..settings import Settings


def parse_value(text: str, metric: Metric | None = None) -> tuple[float, int]:
    """Read a stated figure and to how many decimals it was rounded: `19.4` gives (19.4, 1), `yes` (1, 0).

    Sums of money are in billions: `1.6 trillion` gives (1600, -2). Zeros at the end of sums and of numbers of people
    are no digits; a share of GDP is never coarser than a tenth. Raises `NotAStatement` where it is no figure.
    """
    words = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
    plain = text.strip().rstrip("%").strip().lower().removeprefix("$").replace(",", "")
    if plain in words:
        return words[plain], 0
    plain, scale = (plain.removesuffix("trillion").strip(), 1000) if plain.endswith("trillion") else (plain, 1)
    plain = plain.removesuffix("billion").strip()
    try:
        value, decimals = float(plain) * scale, len(plain.partition(".")[2])
    except ValueError as error:
        raise NotAStatement(f"{text!r} is no figure. Write it as it was stated: 19.4, 22, or yes and no.") from error
    if metric is Metric.defence_share_of_gdp:
        decimals = max(decimals, 1)
    step = scale * 10.0**-decimals
    if metric in (Metric.expenditure, Metric.personnel, Metric.expenditure_per_head) and decimals == 0:
        step = coarser(value, step)
    return value, decimals_of(step)


def judge(settings: Settings, statement: Statement) -> pa.Table:
    """Judge a statement by every edition of the current release that covers its year.

    Returns the rows of `fct_claim` for it. Raises `NotAStatement` where scope, target or year are not
    what the release knows, `NoRelease` where there is none.
    """
    return judge_by(current_release(settings), statement)


def judge_by(release: Path, statement: Statement) -> pa.Table:
    """Judge a statement by every edition of the release in a folder; see `judge`."""
    judged = judge_all(release, [statement])
    return judged.drop_columns(["claim_id"]).add_column(0, "claim_id", pa.array(["checked"] * judged.num_rows))


def judge_all(release: Path, statements: Sequence[Statement]) -> pa.Table:
    """Judge statements by every edition of a release; `claim_id` is the number of each, counted from 0, as text."""
    connection, sql = _judge(release)
    rows = []
    entities = _entities(release)
    for number, statement in enumerate(statements):
        try:
            codes = [code and entities.code(code) for code in (statement.scope, statement.against, statement.among)]
        except UnknownEntity as error:
            raise NotAStatement(str(error)) from error
        _require_known(connection, statement)
        rows.append(_as_claim(str(number), statement, codes))
    connection.register("asked", pa.Table.from_pylist(rows, schema=_CLAIM))
    try:
        return connection.sql(sql).to_arrow_table()
    finally:
        connection.unregister("asked")


@lru_cache(2)
def _entities(release: Path) -> EntityNames:
    return read_entities(release)


@lru_cache(2)
def _judge(release: Path) -> tuple[duckdb.DuckDBPyConnection, str]:
    """Open what the two models of claims read, and put a table `asked` in the place of `dim_claim`."""
    models = read_models(release)
    makers = ("fct_claim_reading", "fct_claim")
    names = {name for maker in makers for name in models[maker]["depends_on"]} - {"dim_claim", "fct_claim_reading"}
    connection = open_release(release, names=[*sorted(names), "dim_edition", "dim_target"])
    for name in sorted(names):
        # In memory, since an article has many sentences.
        connection.execute(f"create temp table kept_{name} as select * from {name}")
    ctes = [f"{name} as (select * from kept_{name} {_NEEDED.get(name, '')})" for name in sorted(names)]
    ctes += ["dim_claim as (select * from asked)", f"fct_claim_reading as ({models['fct_claim_reading']['sql']})"]
    inner = models["fct_claim"]["sql"]
    return connection, f"with {', '.join(ctes)} select * from ({inner}) order by cast(claim_id as integer), edition_id"


# What of the large tables the statements can need: the rest changes no verdict and takes time.
_NEEDED = {
    "fct_reading": "where metric in (select metric from asked) or metric in ('expenditure', 'defence_share_of_gdp')",
    # One target's rows tell whom an edition counts.
    "fct_target_compliance": "where target_id in (select target_id from asked) or target_id = 'gdp_2'",
    "fct_growth_since": "where entity_code in (select scope from asked) and base_year in (select year_from from asked)",
}
_CLAIM = pa.schema(
    [("claim_id", pa.string()), ("published_on", pa.date32())]
    + [(name, pa.string()) for name in ("claim_kind", "metric", "scope", "against", "among")]
    + [("year", pa.int32()), ("year_from", pa.int32()), ("target_id", pa.string()), ("threshold_pct", pa.float64())]
    + [(name, pa.string()) for name in ("direction", "price_basis")]
    + [
        ("price_base_year", pa.int32()),
        ("comparator", pa.string()),
        ("value", pa.float64()),
        ("value_to", pa.float64()),
    ]
    + [("unit", pa.string()), ("decimals", pa.int32())]
)


def _as_claim(number: str, statement: Statement, codes: list[str | None]) -> dict[str, object]:
    scope, against, among = codes
    return {
        "claim_id": number,
        "published_on": None,
        "claim_kind": statement.kind,
        "metric": statement.metric.value,
        "scope": scope,
        "against": against,
        "among": among,
        "year": statement.year,
        "year_from": statement.year_from,
        "target_id": statement.target_id,
        "threshold_pct": statement.threshold,
        "direction": statement.direction,
        "price_basis": statement.price_basis,
        "price_base_year": statement.price_base_year,
        "comparator": statement.comparator,
        "value": statement.value,
        "value_to": statement.value_to,
        "unit": statement.unit,
        "decimals": statement.decimals,
    }


def _require_known(connection: duckdb.DuckDBPyConnection, statement: Statement) -> None:
    targets = _column(connection, "select target_id from dim_target order by threshold_pct, target_id")
    if statement.metric in WITH_TARGET and statement.target_id not in targets:
        raise NotAStatement(f"{statement.metric.value} needs a target, one of {', '.join(targets)}: --target gdp_2.")
    if statement.metric not in WITH_TARGET and statement.target_id:
        raise NotAStatement(f"{statement.metric.value} speaks of no target; leave --target away.")
    query = "select min(first_year), max(last_year) from dim_edition where has_figures and upper(publisher) = 'NATO'"
    first, last = connection.execute(query).fetchall()[0]
    if not first <= statement.year <= last:
        raise NotAStatement(f"No edition covers {statement.year}; they cover {first} to {last}.")


def _column(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [value for (value,) in connection.execute(query).fetchall()]
