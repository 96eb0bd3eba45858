/*
description: The 32 Allies, when they acceded, and what decides how they are counted.
grain: [entity_code]
*/
with eu_members as (
    select entity_code
    from seed_membership
    where group_code = 'EU_ALLIES' and member_to is null
)

select
    members.entity_code,
    entities.entity_name as ally_name,
    members.accession_date,
    members.first_year as accession_year,
    entities.region,
    entities.has_armed_forces,
    members.entity_code in (from eu_members) as is_in_eu,
    entities.currency_code
from stg_nato_member as members
inner join seed_entity as entities using (entity_code)
