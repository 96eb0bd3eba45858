/*
description: >-
  Every Ally against every target in every year of every edition. NATO counts by the published value
  rounded to two decimals; the recomputed value and the share at current prices are there to see where
  that matters. The gap at current prices is current spending less the threshold times GDP at current
  prices, so it bears the sign of the share at current prices, which can differ from the published
  share's. A value that an
  edition does not give is unknown and not a miss; targets do not apply to an Ally without armed
  forces. Rows exist for Allies that had not yet acceded: is_member tells. Years met are counted within
  the edition, up to the row's year.
grain: [edition_id, entity_code, year, target_id]
by_edition: alone
audits: [known_compliance_belongs_together]
as_of: {holds: [value_pct]}
*/
with published as (
    select
        edition_id,
        entity_code,
        year,
        measure,
        value as value_pct
    from stg_nato_observation
    where unit = 'percent' and not repeats
),

bases as (
    select
        *,
        coalesce(
            gdp_constant_usd_m,
            100 * cast(expenditure_constant_usd_m as double) / nullif(defence_share_of_gdp_pct, 0)
        ) as gdp_usd_m,
        100 * cast(expenditure_constant_usd_m as double) / gdp_constant_usd_m as share_of_gdp_recomputed_pct,
        100 * cast(expenditure_current_usd_m as double) / nullif(gdp_current_usd_m, 0) as share_of_gdp_current_pct,
        100 * cast(expenditure_current_usd_m as double) / nullif(defence_share_of_gdp_pct, 0) as gdp_current_derived_usd_m,
        count(year) over (
            partition by edition_id, entity_code order by year range between 1 preceding and 1 preceding
        ) > 0 as has_year_before
    from stg_nato_figure
),

measured as (
    select
        bases.edition_id,
        bases.entity_code,
        bases.year,
        targets.target_id,
        bases.is_estimate,
        bases.is_member,
        bases.has_year_before,
        allies.has_armed_forces,
        bases.price_base_year,
        targets.threshold_pct,
        targets.measure,
        targets.is_measurable,
        published.value_pct,
        count(published.value_pct) over (partition by bases.edition_id, targets.target_id) > 0 as is_given,
        case when targets.measure = 'defence_share_of_gdp' then bases.share_of_gdp_recomputed_pct end
            as value_recomputed_pct,
        case when targets.measure = 'defence_share_of_gdp' then bases.share_of_gdp_current_pct end as value_current_pct,
        case when targets.measure = 'defence_share_of_gdp' then bases.gdp_usd_m else bases.expenditure_constant_usd_m end
            as whole_constant_usd_m,
        bases.expenditure_constant_usd_m,
        bases.expenditure_current_usd_m,
        bases.gdp_constant_usd_m,
        bases.gdp_current_usd_m,
        bases.gdp_current_derived_usd_m
    from bases
    inner join dim_ally as allies using (entity_code)
    cross join dim_target as targets
    left join published
        on published.edition_id = bases.edition_id
        and published.entity_code = bases.entity_code
        and published.year = bases.year
        and published.measure = targets.measure
),

judged as (
    select
        *,
        case when has_armed_forces then round(100 * value_pct) / 100 >= threshold_pct end as meets_target,
        case when has_armed_forces then round(100 * value_recomputed_pct) / 100 >= threshold_pct end as meets_target_recomputed,
        case when has_armed_forces then round(100 * value_current_pct) / 100 >= threshold_pct end as meets_target_current,
        value_pct - threshold_pct as gap_pp,
        case
            when measure = 'defence_share_of_gdp'
                then
                    expenditure_current_usd_m
                    - threshold_pct / 100 * cast(coalesce(gdp_current_usd_m, gdp_current_derived_usd_m) as double)
            else cast(value_pct - threshold_pct as double) / 100 * expenditure_current_usd_m
        end as gap_current_usd_m
    from measured
),

-- A year that the edition leaves unknown, or does not have, ends a row of years: nobody can say that it was met.
met_so_far as (
    select
        *,
        min(year) filter (meets_target) over so_far as first_year_met,
        count(*) filter (meets_target) over so_far as years_met,
        max(year) filter (meets_target is not true) over so_far as last_year_not_met,
        max(year - 1) filter (not has_year_before) over so_far as last_year_missing,
        min(year) filter (value_pct is not null) over (partition by edition_id, entity_code, target_id) as data_begin_year,
        case
            when has_armed_forces and value_pct is not null
                then rank() over (partition by edition_id, year, target_id, has_armed_forces
                    order by value_pct desc nulls last)
        end as rank_in_year
    from judged
    window so_far as (partition by edition_id, entity_code, target_id order by year)
)

select
    edition_id,
    entity_code,
    year,
    target_id,
    is_estimate,
    is_member,
    price_base_year,
    threshold_pct,
    value_pct,
    value_recomputed_pct,
    value_current_pct,
    meets_target,
    meets_target_recomputed,
    meets_target_current,
    case
        when not has_armed_forces then 'not_applicable'
        when meets_target is null then 'unknown'
        when meets_target then 'meets'
        else 'fails'
    end as compliance_status,
    gap_pp,
    cast(gap_pp as double) / 100 * whole_constant_usd_m as gap_constant_usd_m,
    case
        when measure = 'defence_share_of_gdp'
            then expenditure_constant_usd_m - threshold_pct / 100 * cast(gdp_constant_usd_m as double)
    end as gap_recomputed_constant_usd_m,
    gap_current_usd_m,
    case
        when measure is null or measure <> 'defence_share_of_gdp' or gap_current_usd_m is null then null
        when gdp_current_usd_m is not null then 'published'
        else 'derived'
    end as gap_current_source,
    case
        when measure = 'defence_share_of_gdp' then 100 * cast(gap_pp as double) / nullif(value_pct, 0)
        else gap_pp
    end as gap_share_of_spending_pct,
    first_year_met,
    case
        when meets_target then year - greatest(last_year_not_met, last_year_missing)
        when not meets_target then 0
    end as years_met_in_a_row,
    case when has_armed_forces and is_given then years_met end as years_met,
    data_begin_year,
    rank_in_year,
    case
        when not has_armed_forces then 'no_armed_forces'
        when not is_measurable then 'target_not_measurable'
        when not is_given then 'target_not_held'
        when value_pct is null then 'no_value_given'
    end as null_reason_code,
    ranges.value_pct_low,
    ranges.value_pct_high,
    ranges.value_recomputed_pct_low,
    ranges.value_recomputed_pct_high,
    ranges.gap_pp_low,
    ranges.gap_pp_high,
    ranges.gap_constant_usd_m_low,
    ranges.gap_constant_usd_m_high,
    case when gap_current_usd_m is not null then ranges.gap_current_usd_m_low end as gap_current_usd_m_low,
    case when gap_current_usd_m is not null then ranges.gap_current_usd_m_high end as gap_current_usd_m_high,
    ranges.gap_share_of_spending_pct_low,
    ranges.gap_share_of_spending_pct_high
from met_so_far
left join stg_nato_gap_range as ranges using (edition_id, entity_code, year, target_id)
