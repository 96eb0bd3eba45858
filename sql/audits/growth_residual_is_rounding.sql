/*
description: >-
  What the members' figures leave of a published growth is no more than its rounding, and 1e-9 points
  where the edition is unrounded.
advice: compare Table 3 with Table 2 at the group's row; fct_discrepancy names the relation that breaks.
severity: warning
*/
with half_steps as (
    select
        edition_id,
        max(half_step) filter (measure = 'real_growth') as growth_half_step,
        max(half_step) filter (measure = 'defence_expenditure' and unit = 'usd_m' and price_basis = 'constant' and not repeats) as usd_half_step
    from stg_nato_observation
    group by edition_id
)

select
    growth.edition_id,
    growth.entity_code,
    growth.year,
    growth.real_growth_published_pct,
    growth.rounding_residual_pp
from fct_growth as growth
inner join half_steps using (edition_id)
inner join stg_nato_group_year as groups
    on groups.edition_id = growth.edition_id
    and groups.group_code = growth.entity_code
    and groups.year = growth.year
-- Members' dollars are rounded too: each may move the sum of either year by half a step.
where abs(rounding_residual_pp)
    > 1e-9 + growth_half_step + 200 * usd_half_step * member_count / members_before_constant_usd_m
