/*
description: >-
  Real growth of each group on the year before, like for like, with all members and without the Allies whose
  year is broken (dim_break), who are named.
grain: [edition_id, group_code, year]
*/
select
    growth.edition_id,
    growth.group_code,
    growth.year,
    bool_or(growth.is_estimate) as is_estimate,
    case when count(contribution_pp) = count(*)
        then 100 * (cast(sum(expenditure_constant_usd_m) as double) / nullif(sum(expenditure_before_constant_usd_m), 0) - 1) end
        as like_for_like_growth_pct,
    case when count(contribution_pp) = count(*)
        then 100 * (
            cast(sum(case when breaks.entity_code is null then expenditure_constant_usd_m end) as double)
            / nullif(sum(case when breaks.entity_code is null then expenditure_before_constant_usd_m end), 0) - 1
        ) end as growth_without_breaks_pct,
    string_agg(breaks.entity_code, ' ' order by breaks.entity_code) as allies_left_out
from fct_growth_contribution as growth
left join (
    select distinct
        entity_code,
        year
    from dim_break
    where measure = 'defence_expenditure' and is_left_out
) as breaks on breaks.entity_code = growth.entity_code and breaks.year = growth.year
where growth.membership_change = 'stayed'
group by growth.edition_id, growth.group_code, growth.year
order by growth.edition_id, growth.group_code, growth.year
