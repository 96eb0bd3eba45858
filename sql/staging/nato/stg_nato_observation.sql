/*
description: >-
  NATO's published figures in its newest revisions. Table 4 repeats figures of Tables 2 and 3; `repeats`
  marks them.
grain: [edition_id, measure, unit, price_basis, entity_code, year, repeats]
by_edition: alone
*/
select
    edition_id,
    revision,
    measure,
    unit,
    price_basis,
    price_base_year,
    currency_code,
    entity_code,
    cast(period as integer) as year,
    status = 'estimate' as is_estimate,
    value,
    half_step,
    repeats,
    locator,
    table_id
from source_observation
where publisher = 'nato'
