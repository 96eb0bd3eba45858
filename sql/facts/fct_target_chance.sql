/*
description: >-
  Each Ally's chance of being at a target when the year is settled, for the newest three years of an edition -
  how many of the movements that were known for figures of that measure and age would leave the figure at the
  target, rounded as NATO counts. Each movement is taken in both directions, since the few editions behind it
  cannot tell which way the next one goes, and one outcome of each kind is added, so that no chance is 0 or 100 %.
grain: [edition_id, entity_code, year, target_id]
by_edition: with_earlier
pools_editions: true
*/
-- Many figures stay what they were: equal movements are one row, with the number of them.
with movements as (
    select
        edition_id,
        measure,
        age_group,
        movement,
        count(movement) as figures
    from fct_estimate_error
    where unit = 'percent' and age_group < 3
    group by edition_id, measure, age_group, movement
),

editions_compared as (
    select distinct
        edition_id,
        earlier_edition_id,
        measure,
        age_group
    from fct_estimate_error
    where unit = 'percent' and age_group < 3
),

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
        movements.age_group,
        movements.movement,
        cast(sum(movements.figures) as bigint) as figures
    from movements
    inner join known_editions on known_editions.known_edition_id = movements.edition_id
    group by known_editions.edition_id, movements.measure, movements.age_group, movements.movement
),

behind as (
    select
        known_editions.edition_id,
        compared.measure,
        compared.age_group,
        count(distinct compared.earlier_edition_id) as editions_behind
    from editions_compared as compared
    inner join known_editions on known_editions.known_edition_id = compared.edition_id
    group by known_editions.edition_id, compared.measure, compared.age_group
),

newest_years as (
    select
        edition_id,
        max(year) as newest_year
    from stg_nato_observation
    where not repeats
    group by edition_id
),

figures as (
    select
        compliance.*,
        targets.measure,
        newest.newest_year - compliance.year as age_group
    from fct_target_compliance as compliance
    inner join dim_target as targets on targets.target_id = compliance.target_id
    inner join newest_years as newest on newest.edition_id = compliance.edition_id
    where compliance.compliance_status in ('meets', 'fails')
),

-- A millionth of a hundredth less, so that what rounds up to the target counts whatever the last bit says.
counted as (
    select
        figures.edition_id,
        figures.entity_code,
        figures.year,
        figures.target_id,
        figures.is_estimate,
        figures.is_member,
        figures.measure,
        figures.age_group,
        figures.threshold_pct,
        figures.value_pct,
        figures.meets_target,
        cast(sum(known.figures) as bigint) as figures_behind,
        cast(sum(
            case when figures.value_pct + known.movement >= figures.threshold_pct - 0.005 - 1e-8
                then known.figures else 0 end
            + case when figures.value_pct - known.movement >= figures.threshold_pct - 0.005 - 1e-8
                then known.figures else 0 end
        ) as bigint) as outcomes_at_target
    from figures
    inner join known
        on known.edition_id = figures.edition_id
        and known.measure = figures.measure
        and known.age_group = figures.age_group
    group by all
)

select
    counted.edition_id,
    counted.entity_code,
    counted.year,
    counted.target_id,
    counted.is_estimate,
    counted.is_member,
    counted.age_group,
    counted.threshold_pct,
    counted.value_pct,
    counted.meets_target,
    100 * cast(counted.outcomes_at_target + 1 as double) / (2 * counted.figures_behind + 2) as chance_at_target_pct,
    counted.figures_behind,
    behind.editions_behind
from counted
inner join behind
    on behind.edition_id = counted.edition_id
    and behind.measure = counted.measure
    and behind.age_group = counted.age_group
