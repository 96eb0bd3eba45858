/*
description: >-
  Every published figure with half of its last printed digit, which is how far the true figure may
  lie from it. An edition is rounded to the fewest decimals (0 to 4) that all figures of one measure
  share; where no such number exists it is unrounded and the half step is 0.
grain: [edition_id, table_id, measure, price_basis, entity_code, year]
audits: [figures_are_possible]
*/
with candidates as (
    select unnest(range(5)) as decimals
),

precisions as (
    select
        observed.edition_id,
        observed.table_id,
        observed.measure,
        observed.price_basis,
        candidates.decimals
    from source_observation as observed
    cross join candidates
    group by all
    having bool_and(observed.value = round(observed.value, cast(candidates.decimals as integer)))
),

roundings as (
    select
        edition_id,
        table_id,
        measure,
        price_basis,
        min(decimals) as decimals
    from precisions
    group by all
)

select
    observed.edition_id,
    observed.table_id,
    observed.measure,
    observed.price_basis,
    observed.entity_code,
    observed.year,
    observed.value,
    coalesce(0.5 * pow(10, -roundings.decimals), 0) as half_step
from source_observation as observed
left join roundings using (edition_id, table_id, measure, price_basis)
