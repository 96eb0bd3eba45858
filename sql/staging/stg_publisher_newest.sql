/*
description: >-
  Each publisher's newest figure of the same entity, year, measure, unit and prices.
grain: [publisher, entity_code, year, measure, unit, price_basis]
*/
select
    publisher,
    edition_id,
    published_on,
    entity_code,
    year,
    measure,
    unit,
    price_basis,
    price_base_year,
    currency_code,
    value,
    half_step,
    status,
    is_estimate,
    is_member,
    marks,
    locator
from stg_publisher_figure
qualify row_number() over (
    partition by publisher, entity_code, year, measure, unit, price_basis
    order by published_on desc, edition_id desc
) = 1
