/*
description: The spending targets, what each measures, when it was agreed or proposed, and when it is due.
grain: [target_id]
*/
select
    target_id,
    target_name,
    measure,
    threshold_pct,
    status,
    agreed_or_proposed_on,
    due_year,
    case
        when due_year is null then concat('since ', cast(year(agreed_or_proposed_on) as varchar), ', no year set')
        else concat(cast(year(agreed_or_proposed_on) as varchar), ' to ', cast(due_year as varchar))
    end as target_period,
    is_measurable,
    target_source,
    note
from seed_target
