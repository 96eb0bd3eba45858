/*
description: >-
  Where the next editions may put each Ally's figures of an edition, with 50, 80, 90 and 95 % - the figure
  plus and minus the widest of the ranges that were known for its measure and age, over all horizons, and
  half of its last printed digit. It stands on the few editions of editions_behind, whose movements go together,
  and tells of revisions alone. A figure whose kind nobody has yet seen revised has no row.
grain: [edition_id, measure, unit, price_basis, entity_code, year]
by_edition: with_earlier
pools_editions: true
*/
with widest as (
    select
        edition_id,
        measure,
        unit,
        price_basis,
        age_group,
        max(half_width) filter (where level_pct = 50) as half_width_50,
        max(half_width) filter (where level_pct = 80) as half_width_80,
        max(half_width) filter (where level_pct = 90) as half_width_90,
        max(half_width) filter (where level_pct = 95) as half_width_95
    from fct_revision_range
    group by edition_id, measure, unit, price_basis, age_group
),

editions_compared as (
    select distinct
        edition_id,
        earlier_edition_id,
        measure,
        unit,
        price_basis,
        age_group
    from fct_estimate_error
    where movement is not null
),

behind as (
    select
        editions.edition_id,
        compared.measure,
        compared.unit,
        compared.price_basis,
        compared.age_group,
        count(distinct compared.earlier_edition_id) as editions_behind
    from editions_compared as compared
    inner join dim_edition as later on later.edition_id = compared.edition_id
    inner join dim_edition as editions
        on editions.publisher = later.publisher and editions.published_on >= later.published_on
    where editions.has_figures
    group by editions.edition_id, compared.measure, compared.unit, compared.price_basis, compared.age_group
),

aged as (
    select
        *,
        least(max(year) over (partition by edition_id) - year, 3) as age_group
    from stg_nato_observation
    where not repeats
),

-- What one unit of a half width is worth in the unit of the figure.
figures as (
    select
        aged.*,
        spine.is_member,
        case when aged.unit = 'percent' then 1 else abs(cast(aged.value as double)) / 100 end as worth,
        case when aged.measure <> 'real_growth' then 0 end as least_possible
    from aged
    inner join dim_ally as allies on allies.entity_code = aged.entity_code
    inner join stg_nato_entity_year as spine
        on spine.edition_id = aged.edition_id
        and spine.entity_code = aged.entity_code
        and spine.year = aged.year
)

select
    figures.edition_id,
    figures.measure,
    figures.unit,
    figures.price_basis,
    figures.entity_code,
    figures.year,
    figures.is_estimate,
    figures.is_member,
    figures.price_base_year,
    figures.currency_code,
    figures.age_group,
    behind.editions_behind,
    figures.value,
    widest.half_width_90,
    greatest(least_possible, value - half_step - half_width_95 * worth) as low_95,
    greatest(least_possible, value - half_step - half_width_90 * worth) as low_90,
    greatest(least_possible, value - half_step - half_width_80 * worth) as low_80,
    greatest(least_possible, value - half_step - half_width_50 * worth) as low_50,
    value + half_step + half_width_50 * worth as high_50,
    value + half_step + half_width_80 * worth as high_80,
    value + half_step + half_width_90 * worth as high_90,
    value + half_step + half_width_95 * worth as high_95
from figures
inner join widest using (edition_id, measure, unit, price_basis, age_group)
inner join behind using (edition_id, measure, unit, price_basis, age_group)
