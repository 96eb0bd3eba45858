/*
description: >-
  What it takes each Ally to reach a target on its share of GDP by the year in which it is due - real
  growth of expenditure per year, under the real GDP growth of its last five years without broken years
  and under 0, 1 and 2 % - and the year in which its present trend would reach it. Every figure stands
  on the assumption in its row. The path starts at the last year whose share the edition gives.
grain: [edition_id, entity_code, target_id, gdp_growth_assumption]
as_of: {together: [entity_code, target_id]}
*/
with starts as (
    select
        compliance.edition_id,
        compliance.entity_code,
        compliance.target_id,
        max(compliance.year) as base_year
    from fct_target_compliance as compliance
    inner join dim_target as targets using (target_id)
    where targets.measure = 'defence_share_of_gdp'
        and targets.due_year is not null
        and compliance.compliance_status in ('meets', 'fails')
    group by all
),

bases as (
    select
        starts.*,
        compliance.value_pct,
        compliance.threshold_pct,
        compliance.meets_target,
        targets.due_year,
        targets.due_year - starts.base_year as years_left
    from starts
    inner join fct_target_compliance as compliance
        on compliance.edition_id = starts.edition_id
        and compliance.entity_code = starts.entity_code
        and compliance.target_id = starts.target_id
        and compliance.year = starts.base_year
    inner join dim_target as targets on targets.target_id = starts.target_id
    where targets.due_year > starts.base_year and compliance.value_pct > 0
),

changes as (
    select
        edition_id,
        entity_code,
        year,
        'defence_expenditure' as measure,
        coalesce(real_growth_published_pct, real_growth_pct) as change_pct
    from fct_growth
    union all
    select
        edition_id,
        entity_code,
        year,
        'gdp' as measure,
        gdp_real_growth_pct as change_pct
    from fct_growth
),

-- The geometric mean of the yearly ratios, by their logarithms; 1e-300 stands for a ratio of 0, which has none.
trends as (
    select
        bases.edition_id,
        bases.entity_code,
        bases.target_id,
        changes.measure,
        100 * (exp(avg(ln(greatest(1 + cast(change_pct as double) / 100, 1e-300)))) - 1) as trend_pct,
        string_agg(cast(changes.year as varchar), ' ' order by changes.year) as years_used
    from bases
    inner join changes
        on changes.edition_id = bases.edition_id
        and changes.entity_code = bases.entity_code
        and changes.year between bases.base_year - 4 and bases.base_year
    left join stg_nato_break as breaks
        on breaks.entity_code = changes.entity_code
        and breaks.measure = changes.measure
        and breaks.year = changes.year
        and breaks.is_left_out
    where breaks.year is null and changes.change_pct is not null
    group by all
),

assumptions as (
    select
        edition_id,
        entity_code,
        target_id,
        'last five years' as gdp_growth_assumption,
        trend_pct as assumed_gdp_growth_pct,
        years_used as gdp_growth_years
    from trends
    where measure = 'gdp'
    union all
    select
        bases.edition_id,
        bases.entity_code,
        bases.target_id,
        fixed.gdp_growth_assumption,
        fixed.assumed_gdp_growth_pct,
        null as gdp_growth_years
    from bases
    cross join (
        values ('0 % per year', 0.0::double), ('1 % per year', 1.0::double), ('2 % per year', 2.0::double)
    ) as fixed (gdp_growth_assumption, assumed_gdp_growth_pct)
),

paths as (
    select
        bases.*,
        assumptions.gdp_growth_assumption,
        assumptions.assumed_gdp_growth_pct,
        assumptions.gdp_growth_years,
        spending.trend_pct as trend_real_growth_pct,
        spending.years_used as trend_years,
        (1 + assumed_gdp_growth_pct / 100) * pow(threshold_pct / value_pct, 1 / cast(years_left as double))
            as required_ratio,
        (1 + cast(spending.trend_pct as double) / 100) / (1 + assumed_gdp_growth_pct / 100) as share_ratio
    from bases
    inner join assumptions using (edition_id, entity_code, target_id)
    left join trends as spending
        on spending.edition_id = bases.edition_id
        and spending.entity_code = bases.entity_code
        and spending.target_id = bases.target_id
        and spending.measure = 'defence_expenditure'
),

-- 1e-9: a path that arrives exactly in a year arrives in that year, whatever the last bit says.
arrivals as (
    select
        *,
        case
            when meets_target then base_year
            when share_ratio > 1
                then base_year + cast(ceil(ln(threshold_pct / value_pct) / ln(share_ratio) - 1e-9) as bigint)
        end as arrival
    from paths
)

select
    edition_id,
    entity_code,
    target_id,
    gdp_growth_assumption,
    base_year,
    due_year,
    value_pct,
    threshold_pct,
    assumed_gdp_growth_pct,
    gdp_growth_years,
    100 * (required_ratio - 1) as required_real_growth_pct,
    trend_real_growth_pct,
    trend_years,
    trend_real_growth_pct - 100 * (required_ratio - 1) as trend_minus_required_pp,
    cast(case when arrival <= 2100 then arrival end as integer) as year_reached_at_trend,
    case
        when meets_target then 'already there'
        when share_ratio is null then 'no trend'
        when arrival <= due_year then 'in time'
        when arrival <= 2100 then 'late'
        else 'not in this century'
    end as path_status
from arrivals
