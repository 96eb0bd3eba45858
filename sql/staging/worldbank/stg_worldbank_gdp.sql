/*
description: >-
  GDP, population and GDP per head by the World Bank at market rates, in its newest editions that hold each. Figures at
  purchasing power are in another unit and not among them.
grain: [entity_code, year]
*/
select
    entity_code,
    year,
    max(value) filter (where measure = 'gdp' and unit = 'usd_m' and price_basis = 'current') as gdp_current_usd_m,
    max(value) filter (where measure = 'gdp' and unit = 'usd_m' and price_basis = 'constant') as gdp_constant_usd_m,
    max(price_base_year) filter (where measure = 'gdp' and unit = 'usd_m' and price_basis = 'constant')
        as price_base_year,
    max(value) filter (where measure = 'population') as population_thousand
from stg_publisher_newest
where publisher = 'worldbank'
group by entity_code, year
