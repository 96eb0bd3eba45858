/*
description: Everybody whom a figure can speak of - Allies, NATO's aggregates, groups computed here, and states outside NATO.
grain: [entity_code]
*/
select
    entity_code,
    ally_name as entity_name,
    'ally' as entity_kind
from seed_ally
union all
select
    entity_code,
    group_name as entity_name,
    case when is_published then 'aggregate' else 'group' end as entity_kind
from seed_group
union all
select
    entity_code,
    entity_name,
    'state' as entity_kind
from seed_entity
