/*
description: >-
  Who meets each target by each way of reading an edition, by name - as published (NATO's count), recomputed
  at constant prices, and at current prices. Beside each way stands whom it has and the published value has
  not, and the other way round. A way that the edition does not allow has no rows.
grain: [edition_id, year, target_id, counted_by]
*/
with read as (
    select
        compliance.edition_id,
        compliance.year,
        compliance.target_id,
        ways.counted_by,
        allies.ally_name,
        compliance.meets_target as meets_as_published,
        case
            when ways.counted_by = 'published' then compliance.meets_target
            when ways.counted_by = 'recomputed' then compliance.meets_target_recomputed
            else compliance.meets_target_current
        end as meets
    from fct_target_compliance as compliance
    inner join dim_ally as allies using (entity_code)
    cross join (values ('published'), ('recomputed'), ('current prices')) as ways (counted_by)
    where allies.has_armed_forces
)

select
    edition_id,
    year,
    target_id,
    counted_by,
    count(*) filter (meets) as count_meeting,
    count(*) filter (not meets) as count_failing,
    count(*) filter (meets is null) as count_unknown,
    string_agg(ally_name, ', ' order by ally_name) filter (meets) as names_meeting,
    string_agg(ally_name, ', ' order by ally_name) filter (meets and not meets_as_published)
        as names_not_as_published,
    string_agg(ally_name, ', ' order by ally_name) filter (not meets and meets_as_published)
        as names_only_as_published
from read
group by edition_id, year, target_id, counted_by
having count(meets) > 0
order by edition_id, year, target_id, counted_by
