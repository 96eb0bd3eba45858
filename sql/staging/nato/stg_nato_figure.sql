/*
description: >-
  The published figures side by side, one row per edition, entity and year. What an edition repeats
  (Table 4 repeats Tables 2 and 3) is left out: it serves to prove them.
grain: [edition_id, entity_code, year]
by_edition: alone
*/
with figures as (
    select
        edition_id,
        entity_code,
        year,
        value,
        concat_ws(' ', measure, unit, price_basis) as series
    from stg_nato_observation
    where not repeats
)

select
    spine.edition_id,
    spine.entity_code,
    spine.year,
    spine.is_estimate,
    spine.is_member,
    spine.price_base_year,
    max(value) filter (where series = 'defence_expenditure lcu_m current') as expenditure_current_lcu_m,
    max(value) filter (where series = 'defence_expenditure lcu_m constant') as expenditure_constant_lcu_m,
    max(value) filter (where series = 'defence_expenditure usd_m current') as expenditure_current_usd_m,
    max(value) filter (where series = 'defence_expenditure usd_m constant') as expenditure_constant_usd_m,
    max(value) filter (where series = 'defence_share_of_gdp percent constant') as defence_share_of_gdp_pct,
    max(value) filter (where series = 'real_growth percent constant') as real_growth_published_pct,
    max(value) filter (where series = 'gdp usd_m current') as gdp_current_usd_m,
    max(value) filter (where series = 'gdp usd_m constant') as gdp_constant_usd_m,
    max(value) filter (where series = 'gdp_per_capita usd_thousand constant') as gdp_per_capita_usd_thousand,
    max(value) filter (where series = 'defence_expenditure_per_capita usd constant') as expenditure_per_capita_usd,
    max(value) filter (where series = 'military_personnel thousand none') as military_personnel_thousand,
    max(value) filter (where series = 'equipment_share percent none') as equipment_share_pct,
    max(value) filter (where series = 'personnel_share percent none') as personnel_share_pct,
    max(value) filter (where series = 'infrastructure_share percent none') as infrastructure_share_pct,
    max(value) filter (where series = 'other_share percent none') as other_share_pct
from stg_nato_entity_year as spine
left join figures using (edition_id, entity_code, year)
group by all
