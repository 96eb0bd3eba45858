/*
description: >-
  How many of a group's members of that year meet each target, by the published and the recomputed
  value. A year in which the Ally belonged to the Alliance and to the group counts (dim_group_member).
grain: [edition_id, group_code, year, target_id]
*/
select
    compliance.edition_id,
    members.group_code,
    compliance.year,
    compliance.target_id,
    count(*) filter (compliance_status = 'meets') as members_meeting,
    count(*) filter (compliance_status = 'fails') as members_failing,
    count(*) filter (compliance_status = 'unknown') as members_unknown,
    count(*) filter (compliance_status = 'not_applicable') as members_not_applicable,
    case when count(meets_target_recomputed) > 0 then count(*) filter (meets_target_recomputed) end
        as members_meeting_recomputed
from fct_target_compliance as compliance
inner join dim_group_member as members
    on members.entity_code = compliance.entity_code
    and compliance.year between members.first_year and coalesce(members.last_year, compliance.year)
group by compliance.edition_id, members.group_code, compliance.year, compliance.target_id
