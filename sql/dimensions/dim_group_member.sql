/*
description: >-
  The years in which an Ally counts in a group - from the year in which it belongs to both the
  Alliance and the group, through the year before the one in which it left.
grain: [group_code, entity_code]
*/
with allies as (
    select
        members.entity_code,
        members.first_year,
        members.last_year,
        entities.region
    from stg_nato_member as members
    inner join seed_entity as entities using (entity_code)
),

-- Three groups follow from who belongs to the Alliance; the others have lines of their own.
belonging as (
    select 'NATO_TOTAL' as group_code, entity_code, first_year, last_year from allies
    union all
    select 'NATO_EUR_CAN' as group_code, entity_code, first_year, last_year from allies where region <> 'united_states'
    union all
    select 'EUROPE' as group_code, entity_code, first_year, last_year from allies where region = 'europe'
    union all
    select
        groups.group_code,
        groups.entity_code,
        greatest(cast(year(groups.member_from) as integer), allies.first_year) as first_year,
        least(cast(year(groups.member_to) - 1 as integer), allies.last_year) as last_year
    from seed_membership as groups
    inner join allies using (entity_code)
    where groups.group_code <> 'NATO'
)

select
    group_code,
    entity_code,
    first_year,
    last_year
from belonging
