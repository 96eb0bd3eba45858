/*
description: >-
  How far figures moved, as it was known when an edition came out - for each measure, age of the figure and
  number of years until the later edition, within how much of the first figure a part of them stayed. The half
  width is the largest of three - the movement, whatever its sign, that stands at place (n + 1) times the
  level among n (the largest one where that place is beyond them), and the two plain quantiles of the signed
  movements - so that it is never narrower than plain quantiles. No constant in it is fitted.
grain: [edition_id, measure, unit, price_basis, age_group, horizon_years, level_pct]
by_edition: with_earlier
pools_editions: true
*/
with known as (
    select
        editions.edition_id,
        errors.earlier_edition_id,
        errors.measure,
        errors.unit,
        errors.price_basis,
        errors.age_group,
        errors.horizon_years,
        errors.movement
    from fct_estimate_error as errors
    inner join dim_edition as later on later.edition_id = errors.edition_id
    inner join dim_edition as editions on editions.published_on >= later.published_on
    where editions.has_figures and editions.publisher = later.publisher and errors.movement is not null
),

pooled as (
    select
        edition_id,
        measure,
        unit,
        price_basis,
        age_group,
        horizon_years,
        count(distinct earlier_edition_id) as editions_behind,
        count(movement) as figures_behind,
        avg(movement) as mean_movement,
        avg(abs(movement)) as mean_absolute_movement
    from known
    group by edition_id, measure, unit, price_basis, age_group, horizon_years
),

-- Which of two equal movements comes first makes no difference to what stands at a place.
placed as (
    select
        edition_id,
        measure,
        unit,
        price_basis,
        age_group,
        horizon_years,
        movement,
        row_number() over (
            partition by edition_id, measure, unit, price_basis, age_group, horizon_years order by movement
        ) as place,
        row_number() over (
            partition by edition_id, measure, unit, price_basis, age_group, horizon_years order by abs(movement)
        ) as place_by_size
    from known
),

levels as (
    select levels.level_pct
    from (values (50), (80), (90), (95)) as levels (level_pct)
),

-- 1e-9: 0.9 times 30 is place 27, whatever the last bit says.
with_places as (
    select
        pooled.*,
        levels.level_pct,
        least(
            pooled.figures_behind,
            cast(ceil(cast((pooled.figures_behind + 1) * levels.level_pct as double) / 100 - 1e-9) as bigint)
        ) as place_of_level,
        1 + cast((pooled.figures_behind - 1) * (100 - levels.level_pct) as double) / 200 as place_of_low,
        1 + cast((pooled.figures_behind - 1) * (100 + levels.level_pct) as double) / 200 as place_of_high
    from pooled
    cross join levels
),

-- A quantile between two places is their mean by nearness: everybody else is a whole place or more away.
measured as (
    select
        with_places.edition_id,
        with_places.measure,
        with_places.unit,
        with_places.price_basis,
        with_places.age_group,
        with_places.horizon_years,
        with_places.level_pct,
        with_places.editions_behind,
        with_places.figures_behind,
        with_places.mean_movement,
        with_places.mean_absolute_movement,
        sum(placed.movement * greatest(0, 1 - abs(placed.place - with_places.place_of_low))) as plain_low,
        sum(placed.movement * greatest(0, 1 - abs(placed.place - with_places.place_of_high))) as plain_high,
        max(abs(placed.movement)) filter (where placed.place_by_size = with_places.place_of_level) as size_at_level
    from with_places
    inner join placed
        on placed.edition_id = with_places.edition_id
        and placed.measure = with_places.measure
        and placed.unit = with_places.unit
        and placed.price_basis = with_places.price_basis
        and placed.age_group = with_places.age_group
        and placed.horizon_years = with_places.horizon_years
    where
        placed.place_by_size = with_places.place_of_level
        or abs(placed.place - with_places.place_of_low) < 1
        or abs(placed.place - with_places.place_of_high) < 1
    group by all
)

select
    edition_id,
    measure,
    unit,
    price_basis,
    age_group,
    horizon_years,
    level_pct,
    editions_behind,
    figures_behind,
    mean_movement,
    mean_absolute_movement,
    plain_low,
    plain_high,
    greatest(size_at_level, abs(plain_low), abs(plain_high)) as half_width
from measured
