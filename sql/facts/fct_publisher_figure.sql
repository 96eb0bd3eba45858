/*
description: >-
  Every publisher's figures side by side, in common units and named prices, with what the publisher says beside them.
  NATO's facts read NATO's figures alone; what compares publishers reads this.
grain: [publisher, edition_id, entity_code, year, measure, unit, price_basis]
by_edition: alone
withdrawn:
  is_newest: latest_publisher_figure, which has each figure of the newest edition that holds it
  newest_edition_id: latest_publisher_figure for its edition_id
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
