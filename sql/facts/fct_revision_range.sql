/*
description: >-
  How far figures moved, as it was known when an edition came out - for each measure, age of the figure and
  number of years until the later edition, within how much of the first figure a part of them stayed. The half
  width is the largest of three - the movement, whatever its sign, that stands at place (n + 1) times the
  level among n (the largest one where that place is beyond them), and the two plain quantiles of the signed
  movements - so that it is never narrower than plain quantiles. No constant in it is fitted.
grain: [edition_id, measure, unit, price_basis, age_group, horizon_years, level_pct]
pools_editions: true
*/
with known as (
    select
        editions.edition_id,
        errors.edition_id as later_edition_id,
        errors.earlier_edition_id,
        errors.measure,
        errors.unit,
        errors.price_basis,
        errors.age_group,
        errors.horizon_years,
        errors.entity_code,
        errors.year,
        errors.movement
    from fct_estimate_error as errors
    inner join dim_edition as later on later.edition_id = errors.edition_id
    inner join dim_edition as editions on editions.published_on >= later.published_on
    where editions.has_figures and editions.publisher = later.publisher and errors.movement is not null
),

placed as (
    select
        *,
        count(movement) over alike as figures_behind,
        row_number() over (
            partition by edition_id, measure, unit, price_basis, age_group, horizon_years
            order by abs(movement), movement, earlier_edition_id, later_edition_id, entity_code, year
        ) as place_by_size,
        row_number() over (
            partition by edition_id, measure, unit, price_basis, age_group, horizon_years
            order by movement, earlier_edition_id, later_edition_id, entity_code, year
        ) as place
    from known
    window alike as (partition by edition_id, measure, unit, price_basis, age_group, horizon_years)
),

levels as (
    select levels.level_pct
    from (values (50), (80), (90), (95)) as levels (level_pct)
),

-- 1e-9: 0.9 times 30 is place 27, whatever the last bit says.
with_places as (
    select
        placed.*,
        levels.level_pct,
        least(
            placed.figures_behind,
            cast(ceil(cast((placed.figures_behind + 1) * levels.level_pct as double) / 100 - 1e-9) as bigint)
        ) as place_of_level,
        1 + cast((placed.figures_behind - 1) * (100 - levels.level_pct) as double) / 200 as place_of_low,
        1 + cast((placed.figures_behind - 1) * (100 + levels.level_pct) as double) / 200 as place_of_high
    from placed
    cross join levels
),

-- A quantile between two places is their mean by nearness: everybody else is a whole place or more away.
measured as (
    select
        edition_id,
        measure,
        unit,
        price_basis,
        age_group,
        horizon_years,
        level_pct,
        count(movement) as figures_behind,
        avg(movement) as mean_movement,
        avg(abs(movement)) as mean_absolute_movement,
        sum(movement * greatest(0, 1 - abs(place - place_of_low))) as plain_low,
        sum(movement * greatest(0, 1 - abs(place - place_of_high))) as plain_high,
        max(abs(movement)) filter (where place_by_size = place_of_level) as size_at_level
    from with_places
    group by edition_id, measure, unit, price_basis, age_group, horizon_years, level_pct
),

editions_counted as (
    select
        edition_id,
        measure,
        unit,
        price_basis,
        age_group,
        horizon_years,
        count(distinct earlier_edition_id) as editions_behind
    from known
    group by edition_id, measure, unit, price_basis, age_group, horizon_years
)

select
    measured.edition_id,
    measured.measure,
    measured.unit,
    measured.price_basis,
    measured.age_group,
    measured.horizon_years,
    measured.level_pct,
    counted.editions_behind,
    measured.figures_behind,
    measured.mean_movement,
    measured.mean_absolute_movement,
    measured.plain_low,
    measured.plain_high,
    greatest(measured.size_at_level, abs(measured.plain_low), abs(measured.plain_high)) as half_width
from measured
inner join editions_counted as counted
    using (edition_id, measure, unit, price_basis, age_group, horizon_years)
