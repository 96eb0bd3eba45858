/*
description: >-
  The published figures side by side, one row per edition, entity and year. Table 4 is left out: it
  repeats Tables 2 and 3 and serves to prove them.
grain: [edition_id, entity_code, year]
*/
with figures as (
    select
        edition_id,
        entity_code,
        year,
        value,
        concat_ws(' ', table_id, measure, price_basis) as place
    from source_observation
)

select
    spine.edition_id,
    spine.entity_code,
    spine.year,
    spine.is_estimate,
    spine.is_member,
    spine.price_base_year,
    max(value) filter (where place = '1 defence_expenditure current') as expenditure_current_lcu_m,
    max(value) filter (where place = '1 defence_expenditure constant') as expenditure_constant_lcu_m,
    max(value) filter (where place = '2 defence_expenditure current') as expenditure_current_usd_m,
    max(value) filter (where place = '2 defence_expenditure constant') as expenditure_constant_usd_m,
    max(value) filter (where place = '3 defence_share_of_gdp constant') as defence_share_of_gdp_pct,
    max(value) filter (where place = '3 real_growth constant') as real_growth_published_pct,
    max(value) filter (where place = '5 gdp current') as gdp_current_usd_m,
    max(value) filter (where place = '5 gdp constant') as gdp_constant_usd_m,
    max(value) filter (where place = '6 gdp_per_capita constant') as gdp_per_capita_usd_thousand,
    max(value) filter (where place = '6 defence_expenditure_per_capita constant') as expenditure_per_capita_usd,
    max(value) filter (where place = '7 military_personnel none') as military_personnel_thousand,
    max(value) filter (where place = '8a equipment_share none') as equipment_share_pct,
    max(value) filter (where place = '8a personnel_share none') as personnel_share_pct,
    max(value) filter (where place = '8b infrastructure_share none') as infrastructure_share_pct,
    max(value) filter (where place = '8b other_share none') as other_share_pct
from stg_nato_entity_year as spine
left join figures using (edition_id, entity_code, year)
group by all
