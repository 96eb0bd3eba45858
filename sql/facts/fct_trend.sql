/*
description: >-
  The pace of up to five years - the geometric mean of the real changes of expenditure and of GDP up to each year -
  with all years, and without those that are broken, of each kind and of every kind that trends leave out
  (dim_break). Groups that are added up here by the growth of the members of both years.
grain: [edition_id, entity_code, measure, year, trend_without]
by_edition: alone
as_of: {holds: [trend_pct]}
*/
with changes as (
    select
        growth.edition_id,
        growth.entity_code,
        growth.year,
        growth.is_estimate,
        'defence_expenditure' as measure,
        case when entities.entity_kind = 'group' then like_for_like_growth_pct
            else coalesce(real_growth_published_pct, real_growth_pct) end as change_pct
    from fct_growth as growth
    inner join dim_entity as entities using (entity_code)
    union all
    select
        growth.edition_id,
        growth.entity_code,
        growth.year,
        growth.is_estimate,
        'gdp' as measure,
        case when entities.entity_kind = 'group' then since.growth_pct else gdp_real_growth_pct end as change_pct
    from fct_growth as growth
    inner join dim_entity as entities using (entity_code)
    left join fct_growth_since as since
        on since.edition_id = growth.edition_id
        and since.entity_code = growth.entity_code
        and since.measure = 'gdp'
        and since.price_basis = 'constant'
        and since.year = growth.year
        and since.base_year = growth.year - 1
),

windows as (
    select
        ends.edition_id,
        ends.entity_code,
        ends.measure,
        ends.year,
        ends.is_estimate,
        changes.year as change_year,
        changes.change_pct
    from changes as ends
    inner join changes
        on changes.edition_id = ends.edition_id
        and changes.entity_code = ends.entity_code
        and changes.measure = ends.measure
        and changes.year between ends.year - 4 and ends.year
    where changes.change_pct is not null and ends.change_pct is not null
),

-- What is added up here by the members of both years is not broken by membership.
broken as (
    select
        breaks.entity_code,
        breaks.measure,
        breaks.year,
        breaks.break_kind
    from stg_nato_break as breaks
    left join dim_entity as entities using (entity_code)
    where breaks.is_left_out and not (breaks.break_kind = 'membership' and coalesce(entities.entity_kind, '') = 'group')
),

-- A kind has a row only where the window holds such a year.
wanted as (
    select distinct
        windows.edition_id,
        windows.entity_code,
        windows.measure,
        windows.year,
        broken.break_kind as trend_without
    from windows
    inner join broken
        on broken.entity_code = windows.entity_code
        and broken.measure = windows.measure
        and broken.year = windows.change_year
    union all
    select distinct edition_id, entity_code, measure, year, 'nothing' as trend_without from windows
    union all
    select distinct edition_id, entity_code, measure, year, 'every kind' as trend_without from windows
),

judged as (
    select
        windows.edition_id,
        windows.entity_code,
        windows.measure,
        windows.year,
        wanted.trend_without,
        windows.is_estimate,
        windows.change_year,
        windows.change_pct,
        count(broken.break_kind) > 0 as is_broken
    from windows
    inner join wanted using (edition_id, entity_code, measure, year)
    left join broken
        on broken.entity_code = windows.entity_code
        and broken.measure = windows.measure
        and broken.year = windows.change_year
        and (wanted.trend_without = 'every kind' or wanted.trend_without = broken.break_kind)
    group by all
)

select
    edition_id,
    entity_code,
    measure,
    year,
    trend_without,
    is_estimate,
    -- The geometric mean of the yearly ratios, by their logarithms; 1e-300 stands for a ratio of 0, which has none.
    100 * (exp(avg(ln(greatest(1 + cast(change_pct as double) / 100, 1e-300))) filter (not is_broken)) - 1) as trend_pct,
    string_agg(cast(change_year as varchar), ' ' order by change_year) filter (not is_broken) as trend_years,
    string_agg(cast(change_year as varchar), ' ' order by change_year) filter (is_broken) as years_left_out
from judged
group by edition_id, entity_code, measure, year, trend_without, is_estimate
