/*
description: >-
  Every figure beside the one that stood there before - in the newest earlier edition that holds the same
  cell (compared_with edition), and in the revision that its own edition replaced (compared_with revision).
  Money is compared at current prices or at the same base year, and in
  one currency, at the fixed rate where it was replaced.
grain: [edition_id, compared_with, measure, unit, price_basis, entity_code, year]
by_edition: with_earlier
*/
with figures as (
    select
        observed.edition_id,
        observed.measure,
        observed.unit,
        observed.price_basis,
        observed.entity_code,
        observed.year,
        observed.is_estimate,
        observed.value,
        observed.half_step,
        observed.locator,
        observed.table_id,
        observed.currency_code,
        coalesce(conversions.to_currency, observed.currency_code, '') as currency,
        coalesce(observed.currency_code, '') as own_currency,
        coalesce(conversions.rate, 1) as units_of_own_currency,
        case when observed.unit = 'percent' or observed.price_basis <> 'constant' then 0 else observed.price_base_year end
            as comparable_base_year,
        editions.published_on
    from stg_nato_observation as observed
    inner join source_edition as editions using (edition_id)
    left join dim_currency_conversion as conversions on conversions.from_currency = observed.currency_code
    where not observed.repeats
),

with_earlier as (
    select
        *,
        lag(edition_id) over same_cell as earlier_edition_id,
        lag(currency_code) over same_cell as earlier_currency_code,
        lag(units_of_own_currency) over same_cell as units_before,
        lag(value) over same_cell as value_before,
        lag(half_step) over same_cell as half_step_before,
        lag(is_estimate) over same_cell as was_estimate,
        lag(locator) over same_cell as earlier_locator
    from figures
    window same_cell as (
        partition by measure, unit, price_basis, comparable_base_year, currency, entity_code, year
        order by published_on, edition_id
    )
),

in_one_currency as (
    select
        *,
        case when earlier_currency_code <> currency_code then cast(units_before as double) / units_of_own_currency end
            as currency_conversion_rate
    from with_earlier
    where earlier_edition_id is not null
),

newest_replaced as (
    select
        edition_id,
        max(revision) as revision
    from source_superseded
    where publisher = 'nato'
    group by edition_id
),

replaced as (
    select
        figures.*,
        before.value as earlier_value,
        before.half_step as earlier_half_step,
        before.locator as earlier_locator
    from figures
    inner join newest_replaced using (edition_id)
    inner join source_superseded as before
        on before.edition_id = figures.edition_id
        and before.revision = newest_replaced.revision
        and before.measure = figures.measure
        and before.unit = figures.unit
        and before.price_basis = figures.price_basis
        and before.entity_code = figures.entity_code
        and cast(before.period as integer) = figures.year
        and coalesce(before.currency_code, '') = figures.own_currency
    where not before.repeats
),

compared as (
    select
        edition_id, 'edition' as compared_with, earlier_edition_id, measure, unit, price_basis, entity_code, year, locator,
        earlier_locator, value, half_step, table_id, is_estimate, currency_code, earlier_currency_code,
        currency_conversion_rate, cast(value_before as double) / coalesce(currency_conversion_rate, 1) as earlier_value,
        cast(half_step_before as double) / coalesce(currency_conversion_rate, 1) as earlier_half_step,
        not is_estimate and not was_estimate as is_settled
    from in_one_currency
    union all
    select
        edition_id, 'revision' as compared_with, edition_id as earlier_edition_id, measure, unit, price_basis, entity_code,
        year, locator, earlier_locator, value, half_step, table_id, is_estimate, currency_code,
        currency_code as earlier_currency_code, null as currency_conversion_rate, earlier_value, earlier_half_step,
        true as is_settled
    from replaced
)

select
    edition_id,
    compared_with,
    earlier_edition_id,
    measure,
    unit,
    price_basis,
    entity_code,
    year,
    locator,
    earlier_locator,
    table_id,
    is_estimate,
    currency_code,
    earlier_currency_code,
    cast(currency_conversion_rate as double) as currency_conversion_rate,
    value,
    cast(half_step as double) as half_step,
    earlier_value,
    cast(earlier_half_step as double) as earlier_half_step,
    is_settled,
    -- Shares and rates by what they changed, in points; everything else by what it changed of itself, in percent.
    case
        when unit = 'percent' then greatest(0, abs(value - earlier_value) - half_step - earlier_half_step)
        when least(value, earlier_value) <= 0 then 1e6
        else 100 * ln(greatest(
            1,
            greatest(value - half_step, 1e-9) / (earlier_value + earlier_half_step),
            greatest(earlier_value - earlier_half_step, 1e-9) / (value + half_step)
        ))
    end as distance,
    -- What revisions of settled years do; only what moved by more is asked where else it may be from.
    cast(case
        when measure = 'defence_share_of_gdp' then 0.1
        when measure = 'real_growth' then 2.5
        when unit = 'percent' then 1.5
        else 3
    end as double) as usual
from compared
