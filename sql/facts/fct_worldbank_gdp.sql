/*
description: >-
  What NATO's editions lack - a GDP that is not NATO's, population and GDP per head, by the World Bank at market rates.
  Figures at purchasing power are in a unit of their own, in fct_publisher_figure alone.
grain: [entity_code, year]
*/
select
    entity_code,
    year,
    gdp_current_usd_m,
    gdp_constant_usd_m,
    price_base_year,
    population_thousand,
    cast(1000 as double) * gdp_current_usd_m / nullif(population_thousand, 0) as gdp_per_head_usd
from stg_worldbank_gdp
