"""Put the publishers' figures of one entity and year side by side."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..sources.observations import OBSERVATION_SCHEMA
from .connection import open_release
from .entities import read_entities

TABLES = ("dim_edition", "latest_publisher_figure", "fct_publisher_difference", "fct_long_history")
_COMPARED = """
with figures as (
    select
        publisher, edition_id, measure, unit, price_basis, value, status,
        marks as footnote, locator as cell, false as is_local
    from latest_publisher_figure
    where entity_code = $entity and year = $year
        and (measure = 'defence_share_of_gdp' and unit = 'percent'
            or measure = 'defence_expenditure' and unit = 'usd_m' and price_basis = 'current')
),

-- What a publisher's terms keep out of a release is read on the machine that has its file.
every as (
    from figures
    union all by name
    from local_figures anti join figures using (publisher, measure)
)

select
    every.publisher,
    every.edition_id,
    every.measure,
    every.unit,
    every.value,
    every.status,
    differences.difference,
    differences.difference_pct,
    differences.difference_reason,
    every.footnote,
    every.cell,
    every.is_local,
    history.as_high_in_year,
    history.data_begin_year,
    editions.credit,
    editions.terms
from every
inner join dim_edition as editions using (edition_id)
left join fct_publisher_difference as differences
    on differences.publisher = every.publisher and differences.measure = every.measure
    and differences.unit = every.unit and differences.entity_code = $entity and differences.year = $year
left join fct_long_history as history
    on history.edition_id = every.edition_id and every.measure = 'defence_share_of_gdp'
    and history.entity_code = $entity and history.year = $year
order by every.measure desc, every.publisher <> 'nato', every.publisher
"""
_LOCAL = """
create temp view local_figures as
select
    publisher, edition_id, measure, unit, value, status, marks as footnote, locator as cell, true as is_local
from observed
where measure = 'defence_share_of_gdp' and unit = 'percent'
    or measure = 'defence_expenditure' and unit = 'usd_m' and price_basis = 'current'
qualify row_number() over (partition by publisher, measure order by edition_id desc, revision desc) = 1
"""


def compare(release: Path, observations: Path, entity: str, year: int) -> pa.Table:
    """Return every publisher's newest share of GDP and dollars at current prices of an entity and year.

    A row a figure, NATO's first: its unit, what it differs by from NATO's (points, or million dollars) and why, the
    publisher's footnote, cell, credit and terms. `observations` holds files that were taken in on this machine; a
    figure that is there alone is marked `is_local`. Raises `UnknownEntity` where nobody is called `entity`.
    """
    code = read_entities(release).code(entity, by_any_publisher=True)
    connection = open_release(release, names=TABLES)
    connection.register("observed", _observed(observations, code, year))
    connection.execute(_LOCAL)
    return connection.sql(_COMPARED, params={"entity": code, "year": year}).to_arrow_table()


def _observed(folder: Path, code: str, year: int) -> pa.Table:
    """Read an entity's figures of a year from whatever was read on this machine, be it shown to others or not."""
    wanted = [("entity_code", "=", code), ("period", "=", str(year)), ("repeats", "=", False)]
    kept = [pq.read_table(path, filters=wanted) for path in sorted(folder.glob("*.parquet"))]
    empty = OBSERVATION_SCHEMA.empty_table()
    return pa.concat_tables([empty, *(table.select(empty.column_names).cast(empty.schema) for table in kept)])
