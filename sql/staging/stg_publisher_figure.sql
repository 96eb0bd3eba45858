/*
description: >-
  The figures of every publisher for calendar years once each, with the day on which their edition
  came out and the publisher's newest that holds the figure. A figure at purchasing power is in a unit of
  its own.
grain: [publisher, edition_id, entity_code, year, measure, unit, price_basis]
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
    figures.locator,
    first_value(figures.edition_id) over of_publisher as newest_edition_id,
    row_number() over of_publisher = 1 as is_newest
from stg_observation as figures
inner join source_edition as editions on editions.edition_id = figures.edition_id
where not figures.repeats
    and figures.period = cast(figures.year as varchar)
window of_publisher as (
    partition by
        figures.publisher, figures.entity_code, figures.year, figures.measure, figures.unit, figures.price_basis
    order by editions.published_on desc, figures.edition_id desc
)
