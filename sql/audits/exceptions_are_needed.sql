/*
description: Every exception is needed - some edition that is held deviates there beyond what rounding gives.
advice: take the line out of warehouse/seeds/exceptions.csv; what it named is no longer published, or was mended.
severity: warning
*/
with needed as (
    select
        edition_id,
        relation_id,
        entity_code,
        year
    from fct_discrepancy
    where reason is not null
    union all
    select
        edition_id,
        pattern as relation_id,
        entity_code,
        year
    from stg_nato_pattern
    union all
    select
        edition_id,
        pattern as relation_id,
        entity_code,
        year
    from stg_nato_pattern_of_years
    union all
    select
        edition_id,
        pattern as relation_id,
        entity_code,
        year
    from stg_nato_emptied
)

select
    lines.named_edition_id,
    lines.relation_id,
    lines.entity_code,
    lines.year,
    max(lines.reason) as reason
from stg_nato_exception as lines
left join needed using (edition_id, relation_id, entity_code, year)
group by lines.named_edition_id, lines.relation_id, lines.entity_code, lines.year
having count(needed.edition_id) = 0
order by lines.named_edition_id, lines.relation_id, lines.entity_code, lines.year
