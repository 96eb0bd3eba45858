/*
description: >-
  The least and the most that an Ally's distance from each target can be within the rounding of what it is computed
  from - in points, in dollars and as a share of its expenditure. The gap at current prices is current expenditure
  less the threshold times GDP at current prices; where an edition has no such GDP, it is what the share of GDP implies.
grain: [edition_id, entity_code, year, target_id]
by_edition: alone
*/
with published as (
    select
        edition_id,
        entity_code,
        year,
        measure,
        greatest(value - half_step, 0) as low,
        value + half_step as high
    from stg_nato_observation
    where unit = 'percent' and not repeats
),

measured as (
    select
        ranges.edition_id,
        ranges.entity_code,
        ranges.year,
        targets.target_id,
        targets.threshold_pct,
        targets.measure = 'defence_share_of_gdp' as is_of_gdp,
        published.low as value_pct_low,
        published.high as value_pct_high,
        published.low - targets.threshold_pct as gap_pp_low,
        published.high - targets.threshold_pct as gap_pp_high,
        ranges.expenditure_current_usd_m_low,
        ranges.expenditure_current_usd_m_high,
        ranges.expenditure_constant_usd_m_low,
        ranges.expenditure_constant_usd_m_high,
        ranges.gdp_current_usd_m_low,
        ranges.gdp_current_usd_m_high,
        ranges.gdp_constant_usd_m_low,
        ranges.gdp_constant_usd_m_high,
        coalesce(ranges.gdp_constant_usd_m_low, ranges.gdp_derived_usd_m_low) as gdp_usd_m_low,
        coalesce(ranges.gdp_constant_usd_m_high, ranges.gdp_derived_usd_m_high) as gdp_usd_m_high
    from stg_nato_range as ranges
    inner join dim_ally as allies using (entity_code)
    cross join dim_target as targets
    left join published
        on published.edition_id = ranges.edition_id
        and published.entity_code = ranges.entity_code
        and published.year = ranges.year
        and published.measure = targets.measure
),

-- What the gap in points is of: GDP, or expenditure.
wholes as (
    select
        *,
        case when is_of_gdp then gdp_usd_m_low else expenditure_constant_usd_m_low end as whole_constant_low,
        case when is_of_gdp then gdp_usd_m_high else expenditure_constant_usd_m_high end as whole_constant_high,
        case when gap_pp_low < 0 then expenditure_current_usd_m_high else expenditure_current_usd_m_low end as current_low,
        case when gap_pp_high < 0 then expenditure_current_usd_m_low else expenditure_current_usd_m_high end as current_high
    from measured
)

-- What is missing is largest where the whole is, what is beyond the target where the whole is smallest.
select
    edition_id,
    entity_code,
    year,
    target_id,
    value_pct_low,
    value_pct_high,
    case when is_of_gdp then 100 * cast(expenditure_constant_usd_m_low as double) / nullif(gdp_constant_usd_m_high, 0) end
        as value_recomputed_pct_low,
    case when is_of_gdp then 100 * cast(expenditure_constant_usd_m_high as double) / nullif(gdp_constant_usd_m_low, 0) end
        as value_recomputed_pct_high,
    gap_pp_low,
    gap_pp_high,
    cast(gap_pp_low as double) / 100 * case when gap_pp_low < 0 then whole_constant_high else whole_constant_low end
        as gap_constant_usd_m_low,
    cast(gap_pp_high as double) / 100 * case when gap_pp_high < 0 then whole_constant_low else whole_constant_high end
        as gap_constant_usd_m_high,
    case
        when is_of_gdp and gdp_current_usd_m_high is not null
            then expenditure_current_usd_m_low - threshold_pct / 100 * cast(gdp_current_usd_m_high as double)
        when is_of_gdp then current_low - threshold_pct / 100 * (100 * cast(current_low as double) / nullif(value_pct_low, 0))
        else cast(gap_pp_low as double) / 100 * current_low
    end as gap_current_usd_m_low,
    case
        when is_of_gdp and gdp_current_usd_m_low is not null
            then expenditure_current_usd_m_high - threshold_pct / 100 * cast(gdp_current_usd_m_low as double)
        when is_of_gdp
            then current_high - threshold_pct / 100 * (100 * cast(current_high as double) / nullif(value_pct_high, 0))
        else cast(gap_pp_high as double) / 100 * current_high
    end as gap_current_usd_m_high,
    case when is_of_gdp then 100 * cast(gap_pp_low as double) / nullif(value_pct_low, 0) else gap_pp_low end
        as gap_share_of_spending_pct_low,
    case when is_of_gdp then 100 * cast(gap_pp_high as double) / nullif(value_pct_high, 0) else gap_pp_high end
        as gap_share_of_spending_pct_high
from wholes
