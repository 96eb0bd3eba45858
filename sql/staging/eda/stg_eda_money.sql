/*
description: Expenditure and GDP in euros by the Agency, in its newest edition that holds each.
grain: [entity_code, year]
*/
select
    entity_code,
    year,
    max(value) filter (where measure = 'defence_expenditure') as expenditure_eur_m,
    max(value) filter (where measure = 'gdp') as gdp_eur_m
from stg_publisher_newest
where publisher = 'eda' and unit = 'eur_m'
group by entity_code, year
