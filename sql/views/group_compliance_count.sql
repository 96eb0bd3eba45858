/*
description: >-
  How many of a group's members of that year meet each target, by the published and the recomputed
  value. A year in which the Ally belonged to the Alliance and to the group counts (dim_group_member).
  The least and the most are as in compliance_count.
grain: [edition_id, group_code, year, target_id]
*/
-- NATO counts values rounded to two decimals. 1e-9: what is printed as 1.99 is less than 1.995, which would be 2.00.
with judged as (
    select
        *,
        compliance_status <> 'not_applicable' as applies,
        round(100 * (value_pct_low + 1e-9)) / 100 >= threshold_pct as is_sure,
        round(100 * (value_pct_high - 1e-9)) / 100 < threshold_pct as is_missed,
        round(100 * (value_recomputed_pct_low + 1e-9)) / 100 >= threshold_pct as is_sure_recomputed,
        round(100 * (value_recomputed_pct_high - 1e-9)) / 100 < threshold_pct as is_missed_recomputed
    from fct_target_compliance
)

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
        as members_meeting_recomputed,
    count(*) filter (applies and is_sure) as members_meeting_low,
    count(*) filter (applies and is_missed is not true) as members_meeting_high,
    case when count(meets_target_recomputed) > 0 then count(*) filter (applies and is_sure_recomputed) end
        as members_meeting_recomputed_low,
    case when count(meets_target_recomputed) > 0 then count(*) filter (applies and is_missed_recomputed is not true) end
        as members_meeting_recomputed_high
from judged as compliance
inner join dim_group_member as members
    on members.entity_code = compliance.entity_code
    and compliance.year between members.first_year and coalesce(members.last_year, compliance.year)
group by compliance.edition_id, members.group_code, compliance.year, compliance.target_id
order by compliance.edition_id, members.group_code, compliance.year, compliance.target_id
