/*
description: >-
  What each edition's Tables 1, 2 and 5 imply for prices, per Ally and year - the deflator of spending and
  that of GDP, each as current over constant prices with the base year at 100, in national currency and in
  dollars (which hold the exchange rate as well), and where the two differ by more than a hundredth of a
  percent and the rounding of the figures. NATO deflates spending with the prices of GDP, so they are one
  except for the few that it treats in another way. Rows stand where an edition gives either.
grain: [edition_id, entity_code, year]
by_edition: alone
*/
with steps as (
    select
        edition_id,
        entity_code,
        year,
        sum(cast(half_step as double) / nullif(value, 0)) as relative_rounding
    from stg_nato_observation
    where not repeats and unit = 'usd_m'
    group by edition_id, entity_code, year
),

-- Constant prices are at the base year's exchange rate, current ones at the year's own.
deflators as (
    select
        figures.edition_id,
        figures.entity_code,
        figures.year,
        figures.is_estimate,
        figures.is_member,
        figures.price_base_year,
        100 * cast(expenditure_current_lcu_m as double) / nullif(expenditure_constant_lcu_m, 0) as spending_deflator_lcu,
        100 * cast(expenditure_current_usd_m as double) / nullif(expenditure_constant_usd_m, 0) as spending_deflator_usd,
        100 * cast(gdp_current_usd_m as double) / nullif(gdp_constant_usd_m, 0) as gdp_deflator_usd,
        cast(expenditure_current_lcu_m as double) / nullif(expenditure_current_usd_m, 0) as exchange_rate_lcu_per_usd,
        cast(expenditure_constant_lcu_m as double) / nullif(expenditure_constant_usd_m, 0)
            as base_year_exchange_rate_lcu_per_usd,
        steps.relative_rounding
    from stg_nato_figure as figures
    inner join dim_ally as allies using (entity_code)
    left join steps using (edition_id, entity_code, year)
),

compared as (
    select
        *,
        cast(gdp_deflator_usd as double) * exchange_rate_lcu_per_usd / nullif(base_year_exchange_rate_lcu_per_usd, 0)
            as gdp_deflator_lcu,
        100 * (cast(spending_deflator_usd as double) / nullif(gdp_deflator_usd, 0) - 1) as spending_over_gdp_deflator_pct
    from deflators
),

with_year_before as (
    select
        *,
        first_value(spending_deflator_lcu) over year_before as spending_lcu_before,
        first_value(gdp_deflator_lcu) over year_before as gdp_lcu_before
    from compared
    window year_before as (partition by edition_id, entity_code order by year range between 1 preceding and 1 preceding)
)

select
    edition_id,
    entity_code,
    year,
    is_estimate,
    is_member,
    price_base_year,
    spending_deflator_lcu,
    gdp_deflator_lcu,
    spending_deflator_usd,
    gdp_deflator_usd,
    exchange_rate_lcu_per_usd,
    100 * (cast(spending_deflator_lcu as double) / nullif(spending_lcu_before, 0) - 1) as spending_deflator_change_pct,
    100 * (cast(gdp_deflator_lcu as double) / nullif(gdp_lcu_before, 0) - 1) as gdp_deflator_change_pct,
    spending_over_gdp_deflator_pct,
    abs(spending_over_gdp_deflator_pct) > 0.01 + 100 * relative_rounding as deflators_differ
from with_year_before
where spending_deflator_usd is not null or gdp_deflator_usd is not null or spending_deflator_lcu is not null
