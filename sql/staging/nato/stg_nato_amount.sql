/*
description: >-
  Amounts whose growth is told, one row for each Ally or published aggregate, year and series - expenditure, GDP and
  equipment (its share times expenditure) at both price bases, personnel, and figures per head with the total
  and the population that they are made of, which can be added up. Aggregates that leave out a member have none.
grain: [edition_id, entity_code, year, measure, price_basis]
by_edition: alone
*/
with figures as (
    select
        edition_id,
        entity_code,
        year,
        is_estimate,
        price_base_year,
        expenditure_current_usd_m,
        expenditure_constant_usd_m,
        gdp_current_usd_m,
        gdp_constant_usd_m,
        equipment_share_pct,
        military_personnel_thousand,
        expenditure_per_capita_usd,
        gdp_per_capita_usd_thousand,
        cast(gdp_constant_usd_m as double) / nullif(gdp_per_capita_usd_thousand, 0) as population_thousand
    from stg_nato_whole_figure
),

series (measure, price_basis, unit) as (
    values
        ('defence_expenditure', 'current', 'usd_m'),
        ('defence_expenditure', 'constant', 'usd_m'),
        ('gdp', 'current', 'usd_m'),
        ('gdp', 'constant', 'usd_m'),
        ('equipment_expenditure', 'current', 'usd_m'),
        ('equipment_expenditure', 'constant', 'usd_m'),
        ('military_personnel', 'none', 'thousand'),
        ('defence_expenditure_per_capita', 'constant', 'usd'),
        ('gdp_per_capita', 'constant', 'usd_thousand')
)

select
    figures.edition_id,
    figures.entity_code,
    figures.year,
    series.measure,
    series.price_basis,
    series.unit,
    figures.is_estimate,
    figures.price_base_year,
    case concat_ws(' ', measure, price_basis)
        when 'defence_expenditure current' then expenditure_current_usd_m
        when 'defence_expenditure constant' then expenditure_constant_usd_m
        when 'gdp current' then gdp_current_usd_m
        when 'gdp constant' then gdp_constant_usd_m
        when 'equipment_expenditure current' then expenditure_current_usd_m * equipment_share_pct / 100
        when 'equipment_expenditure constant' then expenditure_constant_usd_m * equipment_share_pct / 100
        when 'military_personnel none' then military_personnel_thousand
        when 'defence_expenditure_per_capita constant' then expenditure_per_capita_usd
        when 'gdp_per_capita constant' then gdp_per_capita_usd_thousand
    end as amount,
    case measure
        when 'defence_expenditure_per_capita' then 1000 * expenditure_constant_usd_m
        when 'gdp_per_capita' then gdp_constant_usd_m
    end as total,
    case when measure in ('defence_expenditure_per_capita', 'gdp_per_capita') then population_thousand end
        as population_thousand
from figures
cross join series
