/*
description: >-
  How far each Ally's figures moved from one edition to every later one, and not only to the next - the
  estimate errors from which fct_revision_range tells how far the newest figures may still move. Compared is
  what fct_revision compares - money at current prices or at one base year, national currency within one
  currency or at the fixed rate by which it was replaced. What an edition repeats is left out.
grain: [edition_id, earlier_edition_id, measure, unit, price_basis, entity_code, year]
*/
with figures as (
    select
        observed.*,
        editions.published_on,
        max(observed.year) over (partition by observed.edition_id) as newest_year,
        case when observed.unit = 'percent' or observed.price_basis <> 'constant' then 0 else observed.price_base_year end
            as comparable_base_year,
        coalesce(conversions.to_currency, observed.currency_code, '') as comparable_currency,
        coalesce(conversions.rate, 1) as units_of_own_currency
    from stg_nato_observation as observed
    inner join dim_edition as editions using (edition_id)
    left join dim_currency_conversion as conversions on conversions.from_currency = observed.currency_code
    where not observed.repeats
),

pairs as (
    select
        later.edition_id,
        earlier.edition_id as earlier_edition_id,
        later.measure,
        later.unit,
        later.price_basis,
        later.entity_code,
        later.year,
        later.is_estimate,
        earlier.is_estimate as was_estimate,
        earlier.newest_year - later.year as age_years,
        later.newest_year - earlier.newest_year as horizon_years,
        later.value,
        cast(earlier.value as double)
            * (cast(later.units_of_own_currency as double) / earlier.units_of_own_currency) as earlier_value
    from figures as later
    inner join figures as earlier using (
        measure, unit, price_basis, comparable_base_year, comparable_currency, entity_code, year
    )
    inner join dim_ally as allies on allies.entity_code = later.entity_code
    where later.published_on > earlier.published_on
)

select
    pairs.edition_id,
    pairs.earlier_edition_id,
    pairs.measure,
    pairs.unit,
    pairs.price_basis,
    pairs.entity_code,
    pairs.year,
    spine.is_member,
    pairs.was_estimate,
    pairs.is_estimate,
    pairs.age_years,
    -- Figures of three years and more before the newest hardly move any longer, and are taken together.
    least(pairs.age_years, 3) as age_group,
    pairs.horizon_years,
    pairs.earlier_value,
    pairs.value,
    pairs.value - pairs.earlier_value as change,
    case
        when pairs.unit = 'percent' then pairs.value - pairs.earlier_value
        else 100 * (cast(pairs.value - pairs.earlier_value as double) / nullif(abs(pairs.earlier_value), 0))
    end as movement
from pairs
inner join stg_nato_entity_year as spine using (edition_id, entity_code, year)
