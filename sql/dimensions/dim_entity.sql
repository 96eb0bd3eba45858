/*
description: Everybody whom a figure can speak of - Allies, NATO's aggregates, groups computed here, and states outside NATO.
grain: [entity_code]
*/
select
    entities.entity_code,
    entities.entity_name,
    case when members.entity_code is not null then 'ally' else entities.entity_kind end as entity_kind
from seed_entity as entities
left join stg_nato_member as members using (entity_code)
-- Figures of the Alliance are those of its aggregate, NATO_TOTAL.
where entities.entity_code <> 'NATO'
