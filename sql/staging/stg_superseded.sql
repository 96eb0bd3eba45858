/*
description: >-
  Every published figure of the revisions that a later one of the same edition replaced, with the year of
  its period and whether it is an estimate.
grain: [edition_id, revision, measure, unit, price_basis, entity_code, period, repeats]
*/
select
    publisher,
    edition_id,
    revision,
    dataset,
    measure,
    unit,
    price_basis,
    price_base_year,
    currency_code,
    entity_code,
    period,
    cast(substr(period, 1, 4) as integer) as year,
    status,
    status = 'estimate' as is_estimate,
    value,
    half_step,
    repeats,
    locator,
    label,
    header,
    table_id,
    block,
    marks,
    source_kind,
    cell
from source_superseded
