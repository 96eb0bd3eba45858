/*
description: >-
  The years in which an Ally counts in a group - from the year in which it belongs to both the
  Alliance and the group, through the year before the one in which it left.
grain: [group_code, entity_code]
*/
select
    members.group_code,
    members.entity_code,
    cast(greatest(year(members.member_from), year(allies.accession_date)) as integer) as first_year,
    cast(year(members.member_to) - 1 as integer) as last_year
from seed_group_member as members
inner join seed_ally as allies using (entity_code)
