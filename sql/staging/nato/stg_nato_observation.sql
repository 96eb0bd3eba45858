/*
description: >-
  NATO's published figures. Table 4 repeats figures of Tables 2 and 3; `repeats` marks them.
grain: [edition_id, measure, unit, price_basis, entity_code, year, repeats]
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
    year,
    is_estimate,
    is_member,
    value,
    half_step,
    repeats,
    locator,
    table_id
from stg_observation
where publisher = 'nato'
