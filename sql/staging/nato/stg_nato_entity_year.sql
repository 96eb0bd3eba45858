/*
description: >-
  One row for everybody and every year that an edition could speak of, so that a figure which an
  edition does not give is a null in a row and not a row that is missing. An Ally belongs here when
  it had acceded before publication, or when the edition lists it all the same.
grain: [edition_id, entity_code, year]
*/
with years as (
    select
        edition_id,
        year,
        bool_or(is_estimate) as is_estimate
    from stg_nato_observation
    group by edition_id, year
),

listed as (
    select distinct
        edition_id,
        entity_code
    from stg_nato_observation
),

acceded as (
    select
        editions.edition_id,
        allies.entity_code
    from source_edition as editions
    inner join seed_ally as allies on allies.accession_date <= editions.published_on
    where editions.has_figures
),

entities as (
    select edition_id, entity_code from listed
    union
    select edition_id, entity_code from acceded
)

select
    entities.edition_id,
    entities.entity_code,
    years.year,
    years.is_estimate,
    coalesce(years.year >= year(allies.accession_date), true) as is_member,
    editions.price_base_year
from entities
inner join years using (edition_id)
inner join source_edition as editions using (edition_id)
left join seed_ally as allies using (entity_code)
