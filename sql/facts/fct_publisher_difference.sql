/*
description: >-
  NATO's newest figure beside every other publisher's newest of the same entity, year, measure and unit, the difference
  and its reason as a code - the first that the data or the publisher's own words give; `unexplained` where none does.
  A difference within the rounding of both is none.
grain: [publisher, entity_code, year, measure, unit]
pools_editions: true
*/
with measured as (
    select
        pairs.*,
        pairs.other_value - pairs.nato_value as difference,
        cast(100 as double) * (pairs.other_value - pairs.nato_value) / nullif(pairs.nato_value, 0) as difference_pct,
        abs(pairs.other_value - pairs.nato_value) as size,
        -- How much of the difference would be left if this other figure were NATO's, or the other publisher's.
        abs(pairs.other_value - pairs.nato_then_value) as size_then,
        abs(pairs.other_value - pairs.nato_current_pct) as size_at_current_prices,
        abs(pairs.source_value - pairs.nato_value) as size_at_source,
        (pairs.other_value - pairs.nato_value) * (pairs.nato_then_value - pairs.other_value) >= 0 as is_between,
        -- The difference that the money alone makes: the rest is made by GDP.
        abs(pairs.nato_value * (pairs.expenditure_ratio - 1)) as size_of_money,
        notes.difference_code as said
    from stg_publisher_pair as pairs
    left join stg_publisher_note as notes
        on notes.publisher = pairs.publisher
        and notes.entity_code = pairs.entity_code
        and notes.year = pairs.year
        and notes.measure = pairs.measure
        and notes.unit = pairs.unit
)

select
    publisher,
    edition_id,
    nato_edition_id,
    source_edition_id,
    entity_code,
    year,
    measure,
    unit,
    nato_value,
    other_value,
    difference,
    difference_pct,
    case
        -- A figure that is printed exactly is as good as one with two decimals of a percentage, or half a per cent.
        when size <= rounding_allowed + case when unit = 'percent' then 0.005 else 0.005 * abs(nato_value) end then 'rounding'
        when size_then * 2 <= size or is_between then 'edition_older'
        when size_at_current_prices * 2 <= size then 'price_base'
        when unit = 'percent' and size_of_money * 2 <= size then 'gdp_base'
        when size_at_source * 2 <= size then 'source_revised'
        when said is not null then said
        when unit = 'percent' and break_code is not null then break_code
        when nato_is_estimate or status <> 'outturn' then 'estimate'
        -- A currency that was redenominated changes no share and no dollar.
        when coalesce(source_marks, marks) not like '‖%' then 'own_footnote'
        else 'unexplained'
    end as difference_code,
    is_estimate or nato_is_estimate as is_estimate,
    is_member,
    marks,
    nato_locator,
    locator
from measured
