/*
description: >-
  How many Allies meet each target, by edition and year. The first counts take every present Ally's
  row, as NATO's own counts do; the _members ones only those that belonged in that year.
grain: [edition_id, year, target_id]
*/
select
    edition_id,
    year,
    target_id,
    count(*) filter (compliance_status = 'meets') as allies_meeting,
    case when count(meets_target_recomputed) > 0 then count(*) filter (meets_target_recomputed) end
        as allies_meeting_recomputed,
    count(*) filter (compliance_status = 'meets' and is_member) as allies_meeting_members,
    count(*) filter (compliance_status = 'fails') as allies_failing,
    count(*) filter (compliance_status = 'unknown') as allies_unknown,
    count(*) filter (compliance_status = 'not_applicable') as allies_not_applicable
from fct_target_compliance
group by edition_id, year, target_id
