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
-- Many figures stay what they were: equal movements are one row from here on, with the number of them.
with movements as (
    select
        edition_id,
        measure,
        unit,
        price_basis,
        age_group,
        horizon_years,
        movement,
        count(movement) as figures
    from fct_estimate_error
    where movement is not null
    group by edition_id, measure, unit, price_basis, age_group, horizon_years, movement
),

editions_compared as (
    select distinct
        edition_id,
        earlier_edition_id,
        measure,
        unit,
        price_basis,
        age_group,
        horizon_years
    from fct_estimate_error
    where movement is not null
),

-- What an edition could know: its own movements and those of every edition of its publisher before it.
known_editions as (
    select
        editions.edition_id,
        known.edition_id as known_edition_id
    from dim_edition as editions
    inner join dim_edition as known
        on known.publisher = editions.publisher and known.published_on <= editions.published_on
    where editions.has_figures
),

known as (
    select
        known_editions.edition_id,
        movements.measure,
        movements.unit,
        movements.price_basis,
        movements.age_group,
        movements.horizon_years,
        movements.movement,
        cast(sum(movements.figures) as bigint) as figures
    from movements
    inner join known_editions on known_editions.known_edition_id = movements.edition_id
    group by
        known_editions.edition_id, movements.measure, movements.unit, movements.price_basis, movements.age_group,
        movements.horizon_years, movements.movement
),

behind as (
    select
        known_editions.edition_id,
        compared.measure,
        compared.unit,
        compared.price_basis,
        compared.age_group,
        compared.horizon_years,
        count(distinct compared.earlier_edition_id) as editions_behind
    from editions_compared as compared
    inner join known_editions on known_editions.known_edition_id = compared.edition_id
    group by
        known_editions.edition_id, compared.measure, compared.unit, compared.price_basis, compared.age_group,
        compared.horizon_years
),

pooled as (
    select
        edition_id,
        measure,
        unit,
        price_basis,
        age_group,
        horizon_years,
        cast(sum(figures) as bigint) as figures_behind,
        sum(movement * figures) / sum(figures) as mean_movement,
        sum(abs(movement) * figures) / sum(figures) as mean_absolute_movement
    from known
    group by edition_id, measure, unit, price_basis, age_group, horizon_years
),

-- Equal movements take several places, the last of which is told.
placed as (
    select
        edition_id,
        measure,
        unit,
        price_basis,
        age_group,
        horizon_years,
        movement,
        figures,
        sum(figures) over (
            partition by edition_id, measure, unit, price_basis, age_group, horizon_years order by movement
        ) as place,
        sum(figures) over (
            partition by edition_id, measure, unit, price_basis, age_group, horizon_years
            order by abs(movement), movement
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

-- The movements at a place and, for what lies between two places, at the next one.
found as (
    select
        with_places.edition_id,
        with_places.measure,
        with_places.unit,
        with_places.price_basis,
        with_places.age_group,
        with_places.horizon_years,
        with_places.level_pct,
        with_places.figures_behind,
        with_places.mean_movement,
        with_places.mean_absolute_movement,
        with_places.place_of_low - floor(with_places.place_of_low) as beyond_low,
        with_places.place_of_high - floor(with_places.place_of_high) as beyond_high,
        max(placed.movement) filter (
            where floor(with_places.place_of_low) between placed.place - placed.figures + 1 and placed.place
        ) as at_low,
        max(placed.movement) filter (
            where floor(with_places.place_of_low) between placed.place - placed.figures and placed.place - 1
        ) as after_low,
        max(placed.movement) filter (
            where floor(with_places.place_of_high) between placed.place - placed.figures + 1 and placed.place
        ) as at_high,
        max(placed.movement) filter (
            where floor(with_places.place_of_high) between placed.place - placed.figures and placed.place - 1
        ) as after_high,
        max(abs(placed.movement)) filter (
            where with_places.place_of_level between placed.place_by_size - placed.figures + 1 and placed.place_by_size
        ) as size_at_level
    from with_places
    inner join placed
        on placed.edition_id = with_places.edition_id
        and placed.measure = with_places.measure
        and placed.unit = with_places.unit
        and placed.price_basis = with_places.price_basis
        and placed.age_group = with_places.age_group
        and placed.horizon_years = with_places.horizon_years
    where
        floor(with_places.place_of_low) between placed.place - placed.figures and placed.place
        or floor(with_places.place_of_high) between placed.place - placed.figures and placed.place
        or with_places.place_of_level between placed.place_by_size - placed.figures + 1 and placed.place_by_size
    group by all
),

-- A quantile between two places is their mean by nearness.
measured as (
    select
        *,
        at_low * (1 - beyond_low) + coalesce(after_low, 0) * beyond_low as plain_low,
        at_high * (1 - beyond_high) + coalesce(after_high, 0) * beyond_high as plain_high
    from found
)

select
    measured.edition_id,
    measured.measure,
    measured.unit,
    measured.price_basis,
    measured.age_group,
    measured.horizon_years,
    measured.level_pct,
    behind.editions_behind,
    measured.figures_behind,
    measured.mean_movement,
    measured.mean_absolute_movement,
    measured.plain_low,
    measured.plain_high,
    greatest(measured.size_at_level, abs(measured.plain_low), abs(measured.plain_high)) as half_width
from measured
inner join behind
    on behind.edition_id = measured.edition_id
    and behind.measure = measured.measure
    and behind.unit = measured.unit
    and behind.price_basis = measured.price_basis
    and behind.age_group = measured.age_group
    and behind.horizon_years = measured.horizon_years
