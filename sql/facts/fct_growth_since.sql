/*
description: >-
  Growth from any year to any later one of the same edition - of expenditure, GDP, equipment, personnel and figures
  per head, for each Ally, aggregate and computed group. growth_pct is the plain reading - an Ally's own figures, NATO's
  aggregates as published, and for what is added up here the members of both years (growth_basis says which).
  Beside it stand, for every group, the sum of each year's members, which grows by joining and leaving too, and
  the same members at both ends - those of both years, of the base year, or of the later year. Real at constant
  prices. An edition without dollars has growth of expenditure alone, chained from its yearly changes.
grain: [edition_id, entity_code, measure, price_basis, base_year, year]
by_edition: alone
as_of: {holds: [growth_pct]}
*/
with held as (
    select
        edition_id,
        measure,
        price_basis
    from stg_nato_amount
    group by edition_id, measure, price_basis
    having count(amount) > 0
),

own as (
    select
        later.edition_id,
        later.entity_code,
        later.measure,
        later.price_basis,
        base.year as base_year,
        later.year,
        later.unit,
        later.is_estimate,
        later.price_base_year,
        base.amount as base_amount,
        later.amount
    from stg_nato_amount as later
    inner join held using (edition_id, measure, price_basis)
    inner join stg_nato_amount as base
        on base.edition_id = later.edition_id
        and base.entity_code = later.entity_code
        and base.measure = later.measure
        and base.price_basis = later.price_basis
        and base.year < later.year
),

years as (
    select
        edition_id,
        measure,
        price_basis,
        year,
        any_value(unit) as unit,
        any_value(is_estimate) as is_estimate,
        any_value(price_base_year) as price_base_year
    from stg_nato_amount
    group by edition_id, measure, price_basis, year
),

listed as (
    select distinct
        edition_id,
        entity_code
    from stg_nato_amount
),

computed as (
    select
        groups.edition_id,
        groups.group_code as entity_code,
        groups.measure,
        groups.price_basis,
        groups.base_year,
        groups.year,
        years.unit,
        years.is_estimate,
        years.price_base_year,
        null as base_amount,
        null as amount
    from stg_nato_group_change as groups
    inner join held using (edition_id, measure, price_basis)
    inner join years using (edition_id, measure, price_basis, year)
    left join listed on listed.edition_id = groups.edition_id and listed.entity_code = groups.group_code
    where listed.entity_code is null
),

everybody as (
    select
        edition_id, entity_code, measure, price_basis, base_year, year, unit, is_estimate, price_base_year,
        base_amount, amount
    from own
    union all
    select
        edition_id, entity_code, measure, price_basis, base_year, year, unit, is_estimate, price_base_year,
        base_amount, amount
    from computed
),

compared as (
    select
        everybody.*,
        groups.group_code is not null as is_group,
        everybody.base_amount is not null and everybody.amount is not null as is_given,
        groups.members_of_both,
        -- What NATO publishes of a group goes before the sum of its members.
        case when everybody.amount is not null and everybody.base_amount is not null
            then everybody.base_amount else groups.base_amount end as summed_base_amount,
        case when everybody.amount is not null and everybody.base_amount is not null
            then everybody.amount else groups.amount end as summed_amount,
        like_for_like_base_amount,
        like_for_like_amount,
        base_years_members_base_amount,
        base_years_members_amount,
        this_years_members_base_amount,
        this_years_members_amount
    from everybody
    left join stg_nato_group_change as groups
        on groups.edition_id = everybody.edition_id
        and groups.group_code = everybody.entity_code
        and groups.measure = everybody.measure
        and groups.price_basis = everybody.price_basis
        and groups.base_year = everybody.base_year
        and groups.year = everybody.year
),

with_ratios as (
    select
        *,
        cast(summed_amount as double) / nullif(summed_base_amount, 0) as summed_ratio,
        case when is_group then cast(like_for_like_amount as double) / nullif(like_for_like_base_amount, 0) end
            as like_for_like_ratio,
        cast(base_years_members_amount as double) / nullif(base_years_members_base_amount, 0) as base_members_ratio,
        cast(this_years_members_amount as double) / nullif(this_years_members_base_amount, 0) as this_members_ratio
    from compared
),

-- Germany's missing year ends its chain; what follows has no growth since any year before it.
chained as (
    select
        later.edition_id,
        later.entity_code,
        'defence_expenditure' as measure,
        'constant' as price_basis,
        base.year as base_year,
        later.year,
        'usd_m' as unit,
        later.is_estimate,
        later.price_base_year,
        entities.entity_kind = 'aggregate' as is_group,
        (1 + cast(later.cumulative_real_growth_pct as double) / 100)
            / nullif(1 + cast(base.cumulative_real_growth_pct as double) / 100, 0) as ratio
    from fct_growth as later
    inner join fct_growth as base
        on base.edition_id = later.edition_id
        and base.entity_code = later.entity_code
        and base.year < later.year
    inner join dim_entity as entities on entities.entity_code = later.entity_code
    where later.edition_id not in (
        select edition_id from held where measure = 'defence_expenditure' and price_basis = 'constant'
    )
),

told as (
    select
        edition_id, entity_code, measure, price_basis, base_year, year, unit, is_estimate, price_base_year,
        summed_base_amount, summed_amount,
        case when is_group and not is_given then 'like for like' when is_group then 'as published' else 'own figures' end
            as growth_basis,
        'amounts' as growth_source,
        case when is_group and not is_given then like_for_like_ratio else summed_ratio end as ratio,
        case when is_group then summed_ratio end as summed_ratio,
        like_for_like_ratio,
        case when is_group then base_members_ratio end as base_members_ratio,
        case when is_group then this_members_ratio end as this_members_ratio,
        members_of_both,
        like_for_like_base_amount,
        like_for_like_amount,
        case
            when is_group and (like_for_like_ratio is null or summed_ratio is null) then 'member_figure_missing'
            when summed_ratio is null then 'no_value_given'
        end as null_reason_code
    from with_ratios
    union all
    select
        edition_id, entity_code, measure, price_basis, base_year, year, unit, is_estimate, price_base_year,
        null as summed_base_amount, null as summed_amount,
        case when is_group then 'as published' else 'own figures' end as growth_basis,
        'chained yearly changes' as growth_source,
        ratio,
        case when is_group then ratio end as summed_ratio,
        null as like_for_like_ratio,
        null as base_members_ratio,
        null as this_members_ratio,
        null as members_of_both,
        null as like_for_like_base_amount,
        null as like_for_like_amount,
        case when ratio is null then 'no_value_given' else 'no_dollars_held' end as null_reason_code
    from chained
)

select
    edition_id,
    entity_code,
    measure,
    price_basis,
    base_year,
    year,
    unit,
    is_estimate,
    price_base_year,
    summed_base_amount as base_amount,
    summed_amount as amount,
    growth_basis,
    growth_source,
    100 * (ratio - 1) as growth_pct,
    100 * (pow(ratio, 1 / cast(year - base_year as double)) - 1) as average_growth_pct,
    100 * (summed_ratio - 1) as as_summed_growth_pct,
    100 * (pow(summed_ratio, 1 / cast(year - base_year as double)) - 1) as average_as_summed_growth_pct,
    100 * (like_for_like_ratio - 1) as like_for_like_growth_pct,
    100 * (pow(like_for_like_ratio, 1 / cast(year - base_year as double)) - 1) as average_like_for_like_growth_pct,
    100 * (base_members_ratio - 1) as base_years_members_growth_pct,
    100 * (this_members_ratio - 1) as later_years_members_growth_pct,
    members_of_both,
    like_for_like_base_amount,
    like_for_like_amount,
    null_reason_code
from told
