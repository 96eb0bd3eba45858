/*
description: >-
  The published figures side by side, as in stg_nato_figure, but without the aggregates that leave out a
  member - what is computed from those would tell the sum of some as the whole.
grain: [edition_id, entity_code, year]
by_edition: alone
*/
with partial as (
    select
        edition_id,
        group_code as entity_code,
        year,
        bool_or(measure = 'defence_expenditure' and price_basis = 'current') as in_expenditure_current,
        bool_or(measure = 'defence_expenditure' and price_basis = 'constant') as in_expenditure_constant,
        bool_or(measure = 'gdp' and price_basis = 'current') as in_gdp_current,
        bool_or(measure = 'gdp' and price_basis = 'constant') as in_gdp_constant,
        bool_or(measure = 'military_personnel') as in_personnel
    from stg_nato_aggregate
    where leaves_out_members
    group by edition_id, group_code, year
)

select
    figures.edition_id,
    figures.entity_code,
    figures.year,
    figures.is_estimate,
    figures.is_member,
    figures.price_base_year,
    figures.expenditure_current_lcu_m,
    figures.expenditure_constant_lcu_m,
    case when in_expenditure_current is not true then figures.expenditure_current_usd_m end as expenditure_current_usd_m,
    case when in_expenditure_constant is not true then figures.expenditure_constant_usd_m end
        as expenditure_constant_usd_m,
    figures.defence_share_of_gdp_pct,
    figures.real_growth_published_pct,
    case when in_gdp_current is not true then figures.gdp_current_usd_m end as gdp_current_usd_m,
    case when in_gdp_constant is not true then figures.gdp_constant_usd_m end as gdp_constant_usd_m,
    figures.gdp_per_capita_usd_thousand,
    figures.expenditure_per_capita_usd,
    case when in_personnel is not true then figures.military_personnel_thousand end as military_personnel_thousand,
    figures.equipment_share_pct,
    figures.personnel_share_pct,
    figures.infrastructure_share_pct,
    figures.other_share_pct,
    coalesce(in_expenditure_current, false) or coalesce(in_expenditure_constant, false) or coalesce(in_personnel, false)
        or coalesce(in_gdp_current, false) or coalesce(in_gdp_constant, false) as is_partial
from stg_nato_figure as figures
left join partial using (edition_id, entity_code, year)
