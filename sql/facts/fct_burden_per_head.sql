/*
description: >-
  Defence expenditure, GDP and military personnel per head at constant prices, for each Ally, aggregate
  and computed group. Population is what Tables 5 and 6 imply - GDP over GDP per head. Editions without
  these tables have nulls with the reason.
grain: [edition_id, entity_code, year]
by_edition: alone
audits: [known_burden_per_head_belongs_together]
as_of: {holds: [expenditure_per_capita_usd, expenditure_per_capita_recomputed_usd]}
*/
with figures as (
    select
        edition_id,
        entity_code,
        year,
        is_estimate,
        is_member,
        price_base_year,
        cast(gdp_constant_usd_m as double) / gdp_per_capita_usd_thousand as population_thousand,
        expenditure_per_capita_usd,
        gdp_per_capita_usd_thousand,
        expenditure_constant_usd_m,
        military_personnel_thousand,
        false as is_computed
    from stg_nato_whole_figure
    union all
    select
        edition_id,
        group_code as entity_code,
        year,
        is_estimate,
        true as is_member,
        price_base_year,
        population_thousand,
        1000 * cast(expenditure_constant_usd_m as double) / population_thousand as expenditure_per_capita_usd,
        cast(gdp_constant_usd_m as double) / population_thousand as gdp_per_capita_usd_thousand,
        expenditure_constant_usd_m,
        military_personnel_thousand,
        is_computed
    from stg_nato_group_year
    where is_computed
),

editions as (
    select
        edition_id,
        count(population_thousand) > 0 as has_population
    from figures
    group by edition_id
)

select
    figures.edition_id,
    figures.entity_code,
    figures.year,
    figures.is_estimate,
    figures.is_member,
    figures.price_base_year,
    figures.population_thousand,
    figures.expenditure_per_capita_usd,
    1000 * cast(figures.expenditure_constant_usd_m as double) / figures.population_thousand
        as expenditure_per_capita_recomputed_usd,
    figures.gdp_per_capita_usd_thousand,
    figures.military_personnel_thousand,
    1000 * cast(figures.military_personnel_thousand as double) / figures.population_thousand
        as personnel_per_1000_inhabitants,
    cast(figures.expenditure_constant_usd_m as double) / nullif(figures.military_personnel_thousand, 0)
        as expenditure_per_soldier_usd_thousand,
    case
        when not editions.has_population then 'no_gdp_per_head_held'
        when figures.is_computed
            and (figures.population_thousand is null or figures.expenditure_per_capita_usd is null)
            then 'member_figure_missing'
        when figures.population_thousand is null then 'no_population'
        when figures.expenditure_per_capita_usd is null then 'no_expenditure'
    end as null_reason_code
from figures
inner join editions using (edition_id)
