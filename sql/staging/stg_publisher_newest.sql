/*
description: >-
  Each publisher's newest figure of the same entity, year, measure, unit and prices.
grain: [publisher, entity_code, year, measure, unit, price_basis]
*/
with editions as (
    select
        edition_id,
        row_number() over (order by published_on, edition_id) as edition_number
    from source_edition
),

figures as (
    select
        figures.*,
        editions.edition_number
    from stg_publisher_figure as figures
    inner join editions using (edition_id)
),

newest as (
    select
        publisher,
        entity_code,
        year,
        measure,
        unit,
        price_basis,
        max(edition_number) as edition_number
    from figures
    group by all
)

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
    figures.marks,
    figures.locator
from figures
inner join newest using (publisher, entity_code, year, measure, unit, price_basis, edition_number)
