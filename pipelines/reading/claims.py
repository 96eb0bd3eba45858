"""Judge a statement by every edition of a release, in the same way as the claims of the seed.

The one definition of a verdict is the model `fct_claim`; its SQL travels with the release, and a new
statement takes the place of `dim_claim` in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from sqlglot import exp

from ..contracts.metrics import Metric
from ..models.trees import parsed
from .connection import open_release
from .current import current_release
from .entities import UnknownEntity, read_entities
from .explain import read_models

if TYPE_CHECKING:
    from ..settings import Settings

UNITS = {Metric.allies_meeting_target: "count", Metric.meets_target: "boolean", Metric.expenditure: "USD billion"}
WITH_TARGET = (Metric.allies_meeting_target, Metric.meets_target)


class NotAStatement(ValueError):
    """Say what is wrong with a statement, and what would be right."""


@dataclass(frozen=True)
class Statement:
    """Hold a statement to judge: `scope` is a code or a name.

    `value` is in the metric's unit: percent, a count, yes as 1, USD billion.
    """

    metric: Metric
    scope: str
    year: int
    value: float
    decimals: int
    target_id: str | None = None
    price_basis: str | None = None

    @property
    def unit(self) -> str:
        """Name the unit of the value."""
        return UNITS.get(self.metric, "percent")


def parse_value(text: str) -> tuple[float, int]:
    """Read a stated figure and to how many decimals it was rounded: `19.4` gives (19.4, 1), `yes` (1, 0).

    Raises `NotAStatement` where it is neither a figure nor yes or no.
    """
    words = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
    plain = text.strip().rstrip("%").strip().lower()
    if plain in words:
        return words[plain], 0
    try:
        return float(plain), len(plain.partition(".")[2])
    except ValueError as error:
        raise NotAStatement(f"{text!r} is no figure. Write it as it was stated: 19.4, 22, or yes and no.") from error


def judge(settings: Settings, statement: Statement) -> pa.Table:
    """Judge a statement by every edition of the current release that covers its year.

    Returns the rows of `fct_claim` for it. Raises `NotAStatement` where scope, target or year are not
    what the release knows, `NoRelease` where there is none.
    """
    return judge_by(current_release(settings), statement)


def judge_by(release: Path, statement: Statement) -> pa.Table:
    """Judge a statement by every edition of the release in a folder; see `judge`."""
    try:
        scope = read_entities(release).code(statement.scope)
    except UnknownEntity as error:
        raise NotAStatement(str(error)) from error
    model = read_models(release)["fct_claim"]
    connection = open_release(release, names=[*model["depends_on"], "dim_edition", "dim_target"])
    _require_known(connection, statement)
    tree = parsed(model["sql"]).copy()
    ctes = [*parsed(_AS_CLAIM).copy().ctes, *tree.ctes]
    tree.set("with_", exp.With(expressions=ctes))
    values = {
        "metric": statement.metric.value,
        "scope": scope,
        "year": statement.year,
        "target": statement.target_id,
        "basis": statement.price_basis,
        "value": statement.value,
        "unit": statement.unit,
        "decimals": statement.decimals,
    }
    sql = f"select * from ({tree.sql(dialect='duckdb')}) order by edition_id"
    return connection.sql(sql, params=values).to_arrow_table()


_AS_CLAIM = """
with dim_claim as (
    select
        'checked' as claim_id,
        cast(null as date) as published_on,
        $metric::varchar as metric,
        $scope::varchar as scope,
        $year::integer as year,
        $target::varchar as target_id,
        $basis::varchar as price_basis,
        $value::double as value,
        $unit::varchar as unit,
        $decimals::integer as decimals
)
select 1
"""


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
