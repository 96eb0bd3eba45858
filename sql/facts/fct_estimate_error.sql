/*
description: >-
  How far each Ally's figures moved from one edition to the first later one of each number of years on, and not
  only to the next edition - the estimate errors from which fct_revision_range tells how far the newest figures
  may still move. Compared is what fct_revision compares - money at current prices or at one base year, national
  currency within one currency or at the fixed rate by which it was replaced. What an edition repeats is left out.
grain: [edition_id, earlier_edition_id, measure, unit, price_basis, entity_code, year]
by_edition: with_earlier
*/
with newest_years as (
    select
        edition_id,
        max(year) as newest_year
    from stg_nato_observation
    where not repeats
    group by edition_id
),

-- One later edition for each number of years: a figure that many editions repeat would count as often otherwise,
-- and the pairs of many editions are more than anybody needs.
edition_pairs as (
    select
        earlier.edition_id as earlier_edition_id,
        later.edition_id,
        later_years.newest_year - earlier_years.newest_year as horizon_years
    from dim_edition as earlier
    inner join newest_years as earlier_years on earlier_years.edition_id = earlier.edition_id
    inner join dim_edition as later on later.published_on > earlier.published_on
    inner join newest_years as later_years on later_years.edition_id = later.edition_id
    where later_years.newest_year >= earlier_years.newest_year
    qualify row_number() over (
        partition by earlier.edition_id, later_years.newest_year order by later.published_on, later.edition_id
    ) = 1
),

-- What must be alike for two figures to be compared is one text, which is null where a base year is not known.
figures as (
    select
        observed.*,
        newest_years.newest_year,
        coalesce(conversions.rate, 1) as units_of_own_currency,
        observed.measure || ' ' || observed.unit || ' ' || observed.price_basis
        || ' ' || case when observed.unit = 'percent' or observed.price_basis <> 'constant' then 0
            else observed.price_base_year end
        || ' ' || coalesce(conversions.to_currency, observed.currency_code, '')
        || ' ' || observed.entity_code || ' ' || observed.year as cell
    from stg_nato_observation as observed
    inner join dim_ally as allies on allies.entity_code = observed.entity_code
    inner join newest_years on newest_years.edition_id = observed.edition_id
    left join dim_currency_conversion as conversions on conversions.from_currency = observed.currency_code
    where not observed.repeats
),

-- Edition and cell are one key, so that nobody joins each cell of all editions with all others before the pairs.
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
        edition_pairs.horizon_years,
        later.value,
        cast(earlier.value as double)
            * (cast(later.units_of_own_currency as double) / earlier.units_of_own_currency) as earlier_value
    from edition_pairs
    inner join figures as earlier on earlier.edition_id = edition_pairs.earlier_edition_id
    inner join figures as later
        on later.edition_id || ' ' || later.cell = edition_pairs.edition_id || ' ' || earlier.cell
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
