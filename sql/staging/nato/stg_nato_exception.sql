/*
description: >-
  Published cells of NATO known to deviate from the arithmetic, by name, with the largest deviation that the
  name covers and the reason. Lines that name no edition (`*`) hold in every edition that has the cell.
grain: [edition_id, relation_id, entity_code, year]
*/
with lines as (
    select
        editions.edition_id,
        exceptions.relation_id,
        exceptions.entity_code,
        exceptions.year,
        exceptions.edition_id as named_edition_id,
        exceptions.deviation_at_most,
        exceptions.reason,
        row_number() over (
            partition by editions.edition_id, exceptions.relation_id, exceptions.entity_code, exceptions.year
            order by case when exceptions.edition_id = '*' then 1 else 0 end
        ) as place
    from seed_exception as exceptions
    inner join source_edition as editions
        on exceptions.edition_id in ('*', editions.edition_id)
    where editions.publisher_id = 'nato'
)

select
    edition_id,
    relation_id,
    entity_code,
    year,
    named_edition_id,
    deviation_at_most,
    reason
from lines
where place = 1
