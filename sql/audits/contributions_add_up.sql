/*
description: >-
  Contributions, accession effect and rounding residual add up to the published growth (for a computed
  group, to the recomputed one) in every edition and year that has constant prices.
advice: compare fct_growth_contribution with stg_nato_group_year; dim_group_member says who belongs when.
*/
with added as (
    select
        edition_id,
        group_code as entity_code,
        year,
        sum(contribution_pp) as contributions_pp,
        coalesce(sum(accession_effect_pp), 0) as accession_pp
    from fct_growth_contribution
    group by all
),

expected as (
    select
        *,
        coalesce(real_growth_published_pct, real_growth_pct) as whole_growth_pct
    from fct_growth
    where like_for_like_growth_pct is not null
)

select
    expected.edition_id,
    expected.entity_code,
    expected.year,
    expected.whole_growth_pct,
    added.contributions_pp,
    added.accession_pp,
    expected.rounding_residual_pp
from expected
left join added using (edition_id, entity_code, year)
where contributions_pp is null
    or abs(contributions_pp - like_for_like_growth_pct) > 1e-9
    or abs(accession_pp - accession_effect_pp) > 1e-9
    or abs(contributions_pp + accession_pp + rounding_residual_pp - whole_growth_pct) > 1e-9
