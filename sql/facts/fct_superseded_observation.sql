/*
description: >-
  Every published figure of the revisions that a later one of the same edition replaced, with the cell in
  which it stood. Nothing that was ever read is lost; fct_observation has the current figures.
grain: [edition_id, revision, table_id, measure, price_basis, entity_code, year]
*/
select
    edition_id,
    revision,
    table_id,
    measure,
    price_basis,
    entity_code,
    year,
    is_estimate,
    price_base_year,
    unit,
    currency_code,
    value,
    marks,
    source_kind,
    block,
    label,
    header,
    cell
from source_superseded
