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
with known as (
    select
        editions.edition_id,
        errors.measure,
        errors.age_group,
        errors.earlier_edition_id,
        errors.movement
    from fct_estimate_error as errors
    inner join dim_edition as later on later.edition_id = errors.edition_id
    inner join dim_edition as editions on editions.published_on >= later.published_on
    where editions.has_figures
        and editions.publisher = later.publisher
        and errors.unit = 'percent'
        and errors.age_group < 3
),

both_ways as (
    select
        edition_id,
        measure,
        age_group,
        movement,
        true as is_as_seen
    from known
    union all
    select
        edition_id,
        measure,
        age_group,
        -movement as movement,
        false as is_as_seen
    from known
),

behind as (
    select
        edition_id,
        measure,
        age_group,
        count(distinct earlier_edition_id) as editions_behind
    from known
    group by edition_id, measure, age_group
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
        count(both_ways.movement) as outcomes,
        count(both_ways.movement) filter (where both_ways.is_as_seen) as figures_behind,
        count(both_ways.movement) filter (
            where figures.value_pct + both_ways.movement >= figures.threshold_pct - 0.005 - 1e-8
        ) as outcomes_at_target
    from figures
    inner join both_ways
        on both_ways.edition_id = figures.edition_id
        and both_ways.measure = figures.measure
        and both_ways.age_group = figures.age_group
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
    100 * cast(counted.outcomes_at_target + 1 as double) / (counted.outcomes + 2) as chance_at_target_pct,
    counted.figures_behind,
    behind.editions_behind
from counted
inner join behind
    on behind.edition_id = counted.edition_id
    and behind.measure = counted.measure
    and behind.age_group = counted.age_group
