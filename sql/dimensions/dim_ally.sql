/*
description: The 32 Allies, when they acceded, and what decides how they are counted.
grain: [entity_code]
*/
with eu_members as (
    select entity_code
    from seed_group_member
    where group_code = 'EU_ALLIES' and member_to is null
)

select
    entity_code,
    ally_name,
    accession_date,
    cast(year(accession_date) as integer) as accession_year,
    region,
    has_armed_forces,
    entity_code in (from eu_members) as is_in_eu,
    currency_code
from seed_ally
