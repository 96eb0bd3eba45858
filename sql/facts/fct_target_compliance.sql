/*
description: >-
  Every Ally against every target in every year of every edition. NATO counts by the published value
  rounded to two decimals; the recomputed value is there to see where that matters. A value that an
  edition does not give is unknown and not a miss; targets do not apply to an Ally without armed
  forces. Rows exist for Allies that had not yet acceded: is_member tells.
grain: [edition_id, entity_code, year, target_id]
*/
with published as (
    select
        edition_id,
        entity_code,
        year,
        measure,
        value as value_pct
    from source_observation
    where unit = 'percent' and table_id <> '4'
),

bases as (
    select
        *,
        coalesce(
            gdp_constant_usd_m,
            100 * cast(expenditure_constant_usd_m as double) / nullif(defence_share_of_gdp_pct, 0)
        ) as gdp_usd_m,
        100 * cast(expenditure_constant_usd_m as double) / gdp_constant_usd_m as share_of_gdp_recomputed_pct
    from stg_figure
),

measured as (
    select
        bases.edition_id,
        bases.entity_code,
        bases.year,
        targets.target_id,
        bases.is_estimate,
        bases.is_member,
        allies.has_armed_forces,
        bases.price_base_year,
        targets.threshold_pct,
        published.value_pct,
        case when targets.measure = 'defence_share_of_gdp' then bases.share_of_gdp_recomputed_pct end
            as value_recomputed_pct,
        case when targets.measure = 'defence_share_of_gdp' then bases.gdp_usd_m else bases.expenditure_constant_usd_m end
            as whole_constant_usd_m,
        case
            when targets.measure = 'defence_share_of_gdp' then bases.gdp_current_usd_m
            else bases.expenditure_current_usd_m
        end as whole_current_usd_m
    from bases
    inner join seed_ally as allies using (entity_code)
    cross join seed_target as targets
    left join published
        on published.edition_id = bases.edition_id
        and published.entity_code = bases.entity_code
        and published.year = bases.year
        and published.measure = targets.measure
),

judged as (
    select
        *,
        case when has_armed_forces then round(value_pct, 2) >= threshold_pct end as meets_target,
        case when has_armed_forces then round(value_recomputed_pct, 2) >= threshold_pct end as meets_target_recomputed,
        value_pct - threshold_pct as gap_pp
    from measured
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
    meets_target,
    meets_target_recomputed,
    case
        when not has_armed_forces then 'not_applicable'
        when meets_target is null then 'unknown'
        when meets_target then 'meets'
        else 'fails'
    end as compliance_status,
    gap_pp,
    cast(gap_pp as double) / 100 * whole_constant_usd_m as gap_constant_usd_m,
    cast(gap_pp as double) / 100 * whole_current_usd_m as gap_current_usd_m
from judged
