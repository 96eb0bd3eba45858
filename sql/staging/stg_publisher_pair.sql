/*
description: >-
  NATO's newest figure and each other publisher's newest of the same entity, year, measure and unit, with what the
  rules of fct_publisher_difference ask - NATO's figure as it was when the other's edition came out, the share at
  current prices, the dollars and the GDP of both, and the newest figure of a third publisher from whom it is taken.
grain: [publisher, entity_code, year, measure, unit]
*/
with newest as (
    select * from stg_publisher_newest
    -- Shares are NATO's at constant prices and others' at current ones; money is compared at current prices only.
    where (measure = 'defence_share_of_gdp' or (measure in ('defence_expenditure', 'gdp') and price_basis = 'current'))
        and unit in ('percent', 'usd_m')
),

money as (
    select
        publisher,
        entity_code,
        year,
        max(value) filter (where measure = 'defence_expenditure' and unit = 'usd_m') as expenditure_usd_m,
        max(value) filter (where measure = 'gdp' and unit = 'usd_m') as gdp_usd_m
    from newest
    group by all
),

pairs as (
    select
        others.publisher,
        others.edition_id,
        others.published_on,
        mine.edition_id as nato_edition_id,
        others.entity_code,
        others.year,
        others.measure,
        others.unit,
        mine.value as nato_value,
        others.value as other_value,
        mine.half_step + others.half_step as rounding_allowed,
        mine.is_estimate as nato_is_estimate,
        others.status,
        others.is_estimate,
        others.is_member,
        others.marks,
        mine.locator as nato_locator,
        others.locator
    from newest as others
    inner join newest as mine
        on mine.publisher = 'nato'
        and mine.entity_code = others.entity_code
        and mine.year = others.year
        and mine.measure = others.measure
        and mine.unit = others.unit
    where others.publisher <> 'nato'
),

known as (
    select
        pairs.publisher,
        pairs.entity_code,
        pairs.year,
        pairs.measure,
        pairs.unit,
        then_known.value,
        row_number() over (
            partition by pairs.publisher, pairs.entity_code, pairs.year, pairs.measure, pairs.unit
            order by then_known.published_on desc, then_known.edition_id desc
        ) as position
    from pairs
    inner join stg_publisher_figure as then_known
        on then_known.publisher = 'nato'
        and then_known.entity_code = pairs.entity_code
        and then_known.year = pairs.year
        and then_known.measure = pairs.measure
        and then_known.unit = pairs.unit
        and then_known.published_on <= pairs.published_on
        and (then_known.measure = 'defence_share_of_gdp' or then_known.price_basis = 'current')
    where then_known.edition_id <> pairs.nato_edition_id
),

breaks as (
    select
        pairs.entity_code,
        pairs.year,
        min(case
            when breaks.measure = 'gdp' then 'gdp_base'
            when breaks.break_kind = 'deflator' then 'price_base'
            else 'definition'
        end) as difference_code
    from (select distinct entity_code, year from pairs where unit = 'percent') as pairs
    inner join dim_break as breaks
        on breaks.entity_code = pairs.entity_code
        and (
            (breaks.break_kind = 'definition' and pairs.year >= breaks.year)
            or (breaks.break_kind = 'deflator' and pairs.year = breaks.year)
        )
    where breaks.said_by <> 'nobody'
    group by pairs.entity_code, pairs.year
)

select
    pairs.publisher,
    pairs.edition_id,
    pairs.published_on,
    pairs.nato_edition_id,
    pairs.entity_code,
    pairs.year,
    pairs.measure,
    pairs.unit,
    pairs.nato_value,
    pairs.other_value,
    pairs.rounding_allowed,
    pairs.nato_is_estimate,
    pairs.status,
    pairs.is_estimate,
    pairs.is_member,
    pairs.marks,
    pairs.nato_locator,
    pairs.locator,
    known.value as nato_then_value,
    case when pairs.unit = 'percent'
        then cast(100 as double) * nato_money.expenditure_usd_m / nullif(nato_money.gdp_usd_m, 0) end
        as nato_current_pct,
    coalesce(
        cast(money.expenditure_usd_m as double) / nullif(nato_money.expenditure_usd_m, 0),
        cast(euros.expenditure_eur_m as double) / nullif(nato_euros.value, 0)
    ) as expenditure_ratio,
    breaks.difference_code as break_code,
    origin.publisher as source_publisher,
    origin.edition_id as source_edition_id,
    origin.value as source_value,
    origin.marks as source_marks
from pairs
left join known
    on known.publisher = pairs.publisher
    and known.entity_code = pairs.entity_code
    and known.year = pairs.year
    and known.measure = pairs.measure
    and known.unit = pairs.unit
    and known.position = 1
left join money
    on money.publisher = pairs.publisher and money.entity_code = pairs.entity_code and money.year = pairs.year
left join money as nato_money
    on nato_money.publisher = 'nato' and nato_money.entity_code = pairs.entity_code and nato_money.year = pairs.year
left join stg_eda_money as euros
    on pairs.publisher = 'eda' and euros.entity_code = pairs.entity_code and euros.year = pairs.year
left join stg_publisher_newest as nato_euros
    on nato_euros.publisher = 'nato'
    and nato_euros.entity_code = pairs.entity_code
    and nato_euros.year = pairs.year
    and nato_euros.measure = 'defence_expenditure'
    and nato_euros.unit = 'lcu_m'
    and nato_euros.price_basis = 'current'
    and nato_euros.currency_code = 'EUR'
left join breaks on breaks.entity_code = pairs.entity_code and breaks.year = pairs.year
left join seed_figure_source as taken on taken.publisher = pairs.publisher and taken.measure = pairs.measure
left join newest as origin
    on origin.publisher = taken.source_publisher
    and origin.entity_code = pairs.entity_code
    and origin.year = pairs.year
    and origin.measure = pairs.measure
    and origin.unit = pairs.unit
