/*
description: >-
  What each edition changed - every figure beside the one of the newest earlier edition that holds the
  same cell. Money is compared at current prices or at the same base year only, and national currency within
  one currency or, where it was replaced, at the fixed rate by which it was; ratios (shares, growth) are
  compared whatever the base year. What an edition repeats is left out.
grain: [edition_id, measure, unit, price_basis, entity_code, year]
by_edition: with_earlier
audits: [figures_show_no_pattern, years_show_no_pattern]
*/
with figures as (
    select
        observed.*,
        editions.published_on,
        case when observed.unit = 'percent' or observed.price_basis <> 'constant' then 0 else observed.price_base_year end
            as comparable_base_year,
        coalesce(conversions.to_currency, observed.currency_code, '') as comparable_currency,
        coalesce(conversions.rate, 1) as units_of_own_currency
    from stg_nato_observation as observed
    inner join dim_edition as editions using (edition_id)
    left join dim_currency_conversion as conversions on conversions.from_currency = observed.currency_code
    where not observed.repeats
),

with_earlier as (
    select
        *,
        lag(edition_id) over same_cell as earlier_edition_id,
        lag(value) over same_cell as value_before,
        lag(currency_code) over same_cell as earlier_currency_code,
        lag(units_of_own_currency) over same_cell as units_before
    from figures
    window same_cell as (
        partition by measure, unit, price_basis, comparable_base_year, comparable_currency, entity_code, year
        order by published_on, edition_id
    )
),

in_one_currency as (
    select
        *,
        case when earlier_currency_code <> currency_code then units_before / units_of_own_currency end
            as currency_conversion_rate
    from with_earlier
    where earlier_edition_id is not null
),

with_earlier_value as (
    select
        *,
        cast(value_before as double) / coalesce(currency_conversion_rate, 1) as earlier_value
    from in_one_currency
),

changes as (
    select
        *,
        value - earlier_value as change,
        100 * (cast(value - earlier_value as double) / nullif(abs(earlier_value), 0)) as relative_change_pct
    from with_earlier_value
)

select
    changes.edition_id,
    changes.table_id,
    changes.measure,
    changes.price_basis,
    changes.entity_code,
    changes.year,
    changes.is_estimate,
    spine.is_member,
    changes.unit,
    changes.currency_code,
    changes.earlier_edition_id,
    changes.earlier_currency_code,
    changes.currency_conversion_rate,
    changes.earlier_value,
    changes.value,
    changes.change,
    changes.relative_change_pct,
    rank() over (
        partition by changes.edition_id, changes.measure, changes.price_basis
        order by abs(changes.change) desc
    ) as revision_rank
from changes
inner join stg_nato_entity_year as spine using (edition_id, entity_code, year)
