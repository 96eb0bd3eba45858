/*
description: >-
  The least and the most that each published figure can be - half of its last printed digit on either side;
  where an edition is unrounded, both are the figure. One row per edition, entity and year, as in stg_nato_figure.
grain: [edition_id, entity_code, year]
by_edition: alone
*/
with cells as (
    select
        edition_id,
        entity_code,
        year,
        concat_ws(' ', measure, unit, price_basis) as series,
        -- Only growth can be negative.
        greatest(value - half_step, case when measure = 'real_growth' then -100.0::double else 0.0::double end) as low,
        value + half_step as high
    from stg_nato_observation
    where not repeats
)

select
    spine.edition_id,
    spine.entity_code,
    spine.year,
    max(low) filter (where series = 'defence_expenditure lcu_m current') as expenditure_current_lcu_m_low,
    max(high) filter (where series = 'defence_expenditure lcu_m current') as expenditure_current_lcu_m_high,
    max(low) filter (where series = 'defence_expenditure usd_m current') as expenditure_current_usd_m_low,
    max(high) filter (where series = 'defence_expenditure usd_m current') as expenditure_current_usd_m_high,
    max(low) filter (where series = 'defence_expenditure usd_m constant') as expenditure_constant_usd_m_low,
    max(high) filter (where series = 'defence_expenditure usd_m constant') as expenditure_constant_usd_m_high,
    max(low) filter (where series = 'defence_share_of_gdp percent constant') as defence_share_of_gdp_pct_low,
    max(high) filter (where series = 'defence_share_of_gdp percent constant') as defence_share_of_gdp_pct_high,
    max(low) filter (where series = 'real_growth percent constant') as real_growth_published_pct_low,
    max(high) filter (where series = 'real_growth percent constant') as real_growth_published_pct_high,
    max(low) filter (where series = 'gdp usd_m current') as gdp_current_usd_m_low,
    max(high) filter (where series = 'gdp usd_m current') as gdp_current_usd_m_high,
    max(low) filter (where series = 'gdp usd_m constant') as gdp_constant_usd_m_low,
    max(high) filter (where series = 'gdp usd_m constant') as gdp_constant_usd_m_high,
    max(low) filter (where series = 'gdp_per_capita usd_thousand constant') as gdp_per_capita_usd_thousand_low,
    max(high) filter (where series = 'gdp_per_capita usd_thousand constant') as gdp_per_capita_usd_thousand_high,
    max(low) filter (where series = 'military_personnel thousand none') as military_personnel_thousand_low,
    max(high) filter (where series = 'military_personnel thousand none') as military_personnel_thousand_high,
    max(low) filter (where series = 'equipment_share percent none') as equipment_share_pct_low,
    max(high) filter (where series = 'equipment_share percent none') as equipment_share_pct_high
from stg_nato_entity_year as spine
left join cells using (edition_id, entity_code, year)
group by spine.edition_id, spine.entity_code, spine.year
