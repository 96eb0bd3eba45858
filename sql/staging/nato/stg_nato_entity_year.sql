/*
description: >-
  One row for everybody and every year that an edition could speak of, so that a figure which an
  edition does not give is a null in a row and not a row that is missing. An Ally belongs here when
  it had acceded before publication, or when the edition lists it all the same.
grain: [edition_id, entity_code, year]
by_edition: alone
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
        members.entity_code
    from source_edition as editions
    inner join stg_nato_member as members on members.accession_date <= editions.published_on
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
    coalesce(
        years.year between members.first_year and coalesce(members.last_year, years.year),
        aggregates.entity_code is not null
    ) as is_member,
    editions.price_base_year
from entities
inner join years using (edition_id)
inner join source_edition as editions using (edition_id)
left join stg_nato_member as members using (entity_code)
left join seed_entity as aggregates
    on aggregates.entity_code = entities.entity_code and aggregates.published_by = 'nato'
