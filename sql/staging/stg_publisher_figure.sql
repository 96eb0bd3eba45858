/*
description: >-
  The figures of every publisher for calendar years once each, with the day on which their edition
  came out. A figure at purchasing power is in a unit of its own.
grain: [publisher, edition_id, entity_code, year, measure, unit, price_basis]
by_edition: alone
*/
select
    figures.publisher,
    figures.edition_id,
    editions.published_on,
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
    figures.marks,
    figures.locator
from stg_observation as figures
inner join source_edition as editions on editions.edition_id = figures.edition_id
where not figures.repeats
    and figures.period = cast(figures.year as varchar)
