/*
description: >-
  Every published figure of the revisions that a later one of the same edition replaced, with the place in
  which it stood. Nothing that was ever read is lost; fct_observation has the current figures.
grain: [publisher, edition_id, revision, measure, unit, price_basis, entity_code, period, repeats]
*/
select
    publisher,
    edition_id,
    revision,
    dataset,
    table_id,
    measure,
    price_basis,
    entity_code,
    period,
    year,
    status,
    is_estimate,
    price_base_year,
    unit,
    currency_code,
    value,
    half_step,
    repeats,
    locator,
    marks,
    source_kind,
    block,
    label,
    header,
    cell
from stg_superseded
