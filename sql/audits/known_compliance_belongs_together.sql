/*
description: >-
  On whatever day one asks, what stands in a row of compliance belongs together - the gap is value minus threshold, its
  dollars at constant prices bear its sign and those at current prices that of the share that they stand on, and the
  verdict follows from the value; and counts are what they count.
advice: compare target_compliance_known with fct_target_compliance of the edition that the row names.
*/
with judged as (
    select
        entity_code,
        year,
        target_id,
        edition_id,
        case
            when abs(value_pct - threshold_pct - gap_pp) > 1e-9 then 'the gap is not value minus threshold'
            when gap_pp * gap_constant_usd_m < 0 then 'the gap in dollars has the other sign'
            when (value_current_pct - threshold_pct) * gap_current_usd_m < 0
                then 'the gap at current prices has another sign than its share'
            when gap_current_source is distinct from 'published' and gap_pp * gap_current_usd_m < 0
                then 'the gap at current prices has another sign than the published share behind it'
            when meets_target_current <> (round(100 * value_current_pct) / 100 >= threshold_pct)
                then 'the verdict is not that of the share at current prices'
            when meets_target <> (round(100 * value_pct) / 100 >= threshold_pct) then 'the verdict is not that of the value'
            when meets_target_recomputed <> (round(100 * value_recomputed_pct) / 100 >= threshold_pct)
                then 'the verdict is not that of the recomputed value'
            when compliance_status in ('meets', 'fails') and meets_target is distinct from (compliance_status = 'meets')
                then 'the status is not the verdict'
            when years_met < years_met_in_a_row then 'more years in a row than years'
        end as broken_identity
    from target_compliance_known
    union all
    select
        null as entity_code,
        year,
        target_id,
        edition_id,
        case
            when allies_meeting not between allies_meeting_low and allies_meeting_high
                or allies_meeting_recomputed not between allies_meeting_recomputed_low and allies_meeting_recomputed_high
                then 'the count lies outside what it can be'
            when allies_meeting_members > allies_meeting then 'more members than Allies'
        end as broken_identity
    from compliance_count
)

select
    entity_code,
    year,
    target_id,
    edition_id,
    broken_identity
from judged
where broken_identity is not null
