/*
description: >-
  How many Allies meet each target, by edition and year - by the published value, by the recomputed
  one and by the share at current prices, of all present Allies (as NATO counts) and, in the columns ending in _members, of those that
  belonged in that year. Recomputed counts, and those at current prices, are null where the edition allows none; to
  how many a target does not apply is the same either way.
grain: [edition_id, year, target_id]
*/
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
        as allies_unknown_recomputed_members
from fct_target_compliance
group by edition_id, year, target_id
