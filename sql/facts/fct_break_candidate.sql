/*
description: >-
  Years that a rule finds broken, and whether dim_break names them - the rule finds, a source decides. Deflators -
  expenditure's ratio of current to constant prices differs by more than 0.1 % from that of GDP (own_deflator), or
  prices change by 10 points more or less than is usual for the Ally (price_swing). Changes - real growth lies
  15 points off the Ally's median of the edition, carried to more than half by equipment (equipment_leap) or not
  (other_leap), or GDP lies 10 points off the median of all Allies in that year (gdp_leap). Groups - joining and
  leaving add half a point or more to growth (accession).
grain: [edition_id, entity_code, measure, year, break_rule]
by_edition: alone
*/
with relative as (
    select
        edition_id,
        entity_code,
        year,
        is_estimate,
        measure,
        price_basis,
        value,
        cast(half_step as double) / nullif(value, 0) as half_step
    from stg_nato_observation
    where measure in ('defence_expenditure', 'gdp') and unit = 'usd_m' and not repeats
),

deflators as (
    select
        edition_id,
        entity_code,
        year,
        any_value(is_estimate) as is_estimate,
        max(value) filter (where measure = 'defence_expenditure' and price_basis = 'current') as spent_current,
        max(value) filter (where measure = 'defence_expenditure' and price_basis = 'constant') as spent_constant,
        max(value) filter (where measure = 'gdp' and price_basis = 'current') as gdp_current,
        max(value) filter (where measure = 'gdp' and price_basis = 'constant') as gdp_constant,
        sum(half_step) as rounding
    from relative
    inner join dim_ally as allies using (entity_code)
    group by edition_id, entity_code, year
),

own_deflators as (
    select
        *,
        100 * (
            cast(spent_current as double) / nullif(spent_constant, 0)
            / (cast(gdp_current as double) / nullif(gdp_constant, 0)) - 1
        ) as size
    from deflators
),

changes as (
    select
        growth.edition_id,
        growth.entity_code,
        growth.year,
        growth.is_estimate,
        coalesce(growth.real_growth_published_pct, growth.real_growth_pct) as real_pct,
        100 * (
            (1 + cast(growth.nominal_growth_lcu_pct as double) / 100) / nullif(1 + cast(growth.real_growth_pct as double) / 100, 0) - 1
        ) as prices_pct,
        growth.gdp_real_growth_pct as gdp_pct,
        equipment.category_usd_m - equipment.before_usd_m as equipment_change,
        growth.expenditure_constant_usd_m
            - cast(growth.expenditure_constant_usd_m as double) / (1 + growth.real_growth_pct / 100) as expenditure_change
    from fct_growth as growth
    inner join dim_ally as allies using (entity_code)
    left join (
        select
            edition_id,
            entity_code,
            year,
            category_usd_m,
            first_value(category_usd_m) over (
                partition by edition_id, entity_code order by year range between 1 preceding and 1 preceding
            ) as before_usd_m
        from fct_category
        where category = 'equipment' and price_basis = 'constant'
    ) as equipment
        on equipment.edition_id = growth.edition_id
        and equipment.entity_code = growth.entity_code
        and equipment.year = growth.year
),

usual as (
    select
        edition_id,
        entity_code,
        median(real_pct) as real_pct,
        median(prices_pct) as prices_pct
    from changes
    group by edition_id, entity_code
),

usual_gdp as (
    select
        edition_id,
        year,
        median(gdp_pct) as gdp_pct
    from changes
    group by edition_id, year
),

off_the_usual as (
    select
        changes.*,
        changes.real_pct - usual.real_pct as real_off,
        changes.prices_pct - usual.prices_pct as prices_off,
        changes.gdp_pct - usual_gdp.gdp_pct as gdp_off
    from changes
    inner join usual using (edition_id, entity_code)
    inner join usual_gdp using (edition_id, year)
),

found as (
    select
        edition_id, entity_code, 'defence_expenditure' as measure, year, is_estimate, 'own_deflator' as break_rule,
        'deflator' as likely_kind, size, 0.1::double as rule_threshold
    from own_deflators
    where abs(size) > 0.1 + 100 * rounding
    union all
    select
        edition_id, entity_code, 'defence_expenditure' as measure, year, is_estimate, 'price_swing' as break_rule,
        'deflator' as likely_kind, prices_off as size, 10.0::double as rule_threshold
    from off_the_usual
    where abs(prices_off) >= 10
    union all
    select
        edition_id, entity_code, 'defence_expenditure' as measure, year, is_estimate, 'equipment_leap' as break_rule,
        'single contract' as likely_kind, real_off as size, 15.0::double as rule_threshold
    from off_the_usual
    where abs(real_off) >= 15 and cast(equipment_change as double) / nullif(expenditure_change, 0) > 0.5
    union all
    select
        edition_id, entity_code, 'defence_expenditure' as measure, year, is_estimate, 'other_leap' as break_rule,
        'definition or reclassification' as likely_kind, real_off as size, 15.0::double as rule_threshold
    from off_the_usual
    where abs(real_off) >= 15 and (cast(equipment_change as double) / nullif(expenditure_change, 0) > 0.5) is not true
    union all
    select
        edition_id, entity_code, 'gdp' as measure, year, is_estimate, 'gdp_leap' as break_rule,
        'definition' as likely_kind, gdp_off as size, 10.0::double as rule_threshold
    from off_the_usual
    where abs(gdp_off) >= 10
    union all
    select
        edition_id, entity_code, 'defence_expenditure' as measure, year, is_estimate, 'accession' as break_rule,
        'membership' as likely_kind, accession_effect_pp as size, 0.5::double as rule_threshold
    from fct_growth
    where abs(accession_effect_pp) >= 0.5
),

named as (
    select
        entity_code,
        measure,
        year,
        break_in,
        string_agg(break_kind, ', ' order by break_kind) as named_kinds,
        bool_or(is_left_out) as is_left_out
    from stg_nato_break
    group by entity_code, measure, year, break_in
)

select
    found.edition_id,
    found.entity_code,
    found.measure,
    found.year,
    found.break_rule,
    found.is_estimate,
    found.likely_kind,
    found.size as found_size,
    found.rule_threshold,
    named.named_kinds is not null as is_named,
    named.named_kinds,
    coalesce(named.is_left_out, false) as is_left_out
from found
-- A series that is deflated otherwise does not explain that a year leaps.
left join named
    on named.entity_code = found.entity_code
    and named.measure = found.measure
    and named.year = found.year
    and named.break_in = case when found.break_rule = 'own_deflator' then 'series' else 'change' end
