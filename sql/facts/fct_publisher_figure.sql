/*
description: >-
  Every publisher's figures side by side, in common units and named prices, with what the publisher says beside them.
  NATO's facts read NATO's figures alone; what compares publishers reads this.
grain: [publisher, edition_id, entity_code, year, measure, unit, price_basis]
*/
select
    figures.publisher,
    figures.edition_id,
    figures.published_on,
    figures.entity_code,
    figures.year,
    figures.measure,
    figures.unit,
    figures.price_basis,
    figures.price_base_year,
    figures.currency_code,
    figures.value,
    figures.half_step,
    figures.status,
    figures.is_estimate,
    figures.is_member,
    figures.edition_id = newest.edition_id as is_newest,
    newest.edition_id as newest_edition_id,
    figures.marks,
    figures.locator
from stg_publisher_figure as figures
inner join stg_publisher_newest as newest
    on newest.publisher = figures.publisher
    and newest.entity_code = figures.entity_code
    and newest.year = figures.year
    and newest.measure = figures.measure
    and newest.unit = figures.unit
    and newest.price_basis = figures.price_basis
