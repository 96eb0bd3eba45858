/*
description: >-
  How many Allies meet each target, by edition and year - by the published value, by the recomputed
  one and by the share at current prices, of all present Allies (as NATO counts) and, in the columns ending in _members, of those that
  belonged in that year. Recomputed counts, and those at current prices, are null where the edition allows none; to
  how many a target does not apply is the same either way.
grain: [edition_id, year, target_id]
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
    edition_id,
    year,
    target_id,
    count(*) filter (compliance_status = 'meets') as allies_meeting,
    count(*) filter (compliance_status = 'fails') as allies_failing,
    count(*) filter (compliance_status = 'unknown') as allies_unknown,
    count(*) filter (compliance_status = 'not_applicable') as allies_not_applicable,
    count(*) filter (compliance_status = 'meets' and is_member) as allies_meeting_members,
    count(*) filter (compliance_status = 'fails' and is_member) as allies_failing_members,
    count(*) filter (compliance_status = 'unknown' and is_member) as allies_unknown_members,
    count(*) filter (compliance_status = 'not_applicable' and is_member) as allies_not_applicable_members,
    case when count(meets_target_current) > 0 then count(*) filter (meets_target_current) end as allies_meeting_current,
    case when count(meets_target_current) > 0 then count(*) filter (not meets_target_current) end
        as allies_failing_current,
    case when count(meets_target_current) > 0 then count(*) filter (compliance_status <> 'not_applicable' and meets_target_current is null) end
        as allies_unknown_current,
    case when count(meets_target_recomputed) > 0 then count(*) filter (meets_target_recomputed) end
        as allies_meeting_recomputed,
    case when count(meets_target_recomputed) > 0 then count(*) filter (not meets_target_recomputed) end
        as allies_failing_recomputed,
    case when count(meets_target_recomputed) > 0 then count(*) filter (compliance_status <> 'not_applicable' and meets_target_recomputed is null) end
        as allies_unknown_recomputed,
    case when count(meets_target_recomputed) > 0 then count(*) filter (meets_target_recomputed and is_member) end
        as allies_meeting_recomputed_members,
    case when count(meets_target_recomputed) > 0 then count(*) filter (not meets_target_recomputed and is_member) end
        as allies_failing_recomputed_members,
    case when count(meets_target_recomputed) > 0 then count(*) filter (compliance_status <> 'not_applicable' and meets_target_recomputed is null and is_member) end
        as allies_unknown_recomputed_members,
    count(*) filter (applies and is_sure) as allies_meeting_low,
    count(*) filter (applies and is_missed is not true) as allies_meeting_high,
    count(*) filter (applies and is_sure and is_member) as allies_meeting_members_low,
    count(*) filter (applies and is_missed is not true and is_member) as allies_meeting_members_high,
    case when count(meets_target_recomputed) > 0 then count(*) filter (applies and is_sure_recomputed) end
        as allies_meeting_recomputed_low,
    case when count(meets_target_recomputed) > 0 then count(*) filter (applies and is_missed_recomputed is not true) end
        as allies_meeting_recomputed_high,
    case when count(meets_target_recomputed) > 0 then count(*) filter (applies and is_sure_recomputed and is_member) end
        as allies_meeting_recomputed_members_low,
    case
        when count(meets_target_recomputed) > 0
            then count(*) filter (applies and is_missed_recomputed is not true and is_member)
    end as allies_meeting_recomputed_members_high
from judged
group by edition_id, year, target_id
order by edition_id, year, target_id
