/*
description: >-
  Growth of defence expenditure for each Ally and aggregate: nominal, real as published, real as
  recomputed from constant prices, and since the edition's first year. An aggregate's published
  growth mixes growth with accession: it is the change of a group that itself grew.
grain: [edition_id, entity_code, year]
*/
with with_year_before as (
    select
        *,
        lag(expenditure_current_lcu_m) over by_year as current_lcu_before,
        lag(expenditure_current_usd_m) over by_year as current_usd_before,
        lag(expenditure_constant_usd_m) over by_year as constant_usd_before,
        first_value(expenditure_constant_usd_m) over by_year as constant_usd_first,
        year - first_value(year) over by_year as years_since_first
    from stg_figure
    window by_year as (partition by edition_id, entity_code order by year)
),

with_ratios as (
    select
        *,
        cast(expenditure_constant_usd_m as double) / constant_usd_first as ratio_to_first
    from with_year_before
)

select
    edition_id,
    entity_code,
    year,
    is_estimate,
    is_member,
    price_base_year,
    100 * (cast(expenditure_current_lcu_m as double) / current_lcu_before - 1) as nominal_growth_lcu_pct,
    100 * (cast(expenditure_current_usd_m as double) / current_usd_before - 1) as nominal_growth_usd_pct,
    real_growth_published_pct,
    100 * (cast(expenditure_constant_usd_m as double) / constant_usd_before - 1) as real_growth_pct,
    100 * (ratio_to_first - 1) as cumulative_real_growth_pct,
    case
        when years_since_first > 0
            then 100 * (pow(ratio_to_first, 1 / cast(years_since_first as double)) - 1)
    end as average_real_growth_pct,
    expenditure_constant_usd_m
from with_ratios
