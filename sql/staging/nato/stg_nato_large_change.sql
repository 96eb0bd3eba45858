/*
description: >-
  Figures that moved by more than 5 percent or 0.3 points against the edition before or the revision that they
  replace; estimates more than a quarter or 10 points away from the year before; and figures that are
  no longer given or missing in a row. All of it may be right; nothing of it explains itself.
grain: [edition_id, compared_with, measure, unit, price_basis, entity_code, year]
by_edition: alone
*/
with estimates as (
    select
        present.edition_id,
        'year' as compared_with,
        present.edition_id as earlier_edition_id,
        present.measure,
        present.unit,
        present.price_basis,
        present.entity_code,
        present.year,
        before.value as earlier_value,
        present.value,
        present.locator,
        case
            when present.unit = 'percent' and present.measure like '%_share' then abs(present.value - before.value) / 10
            when present.measure = 'defence_share_of_gdp' then abs(present.value - before.value) / 0.5
            when present.unit = 'percent' then abs(present.value - before.value) / 25
            when present.measure = 'military_personnel' and present.value > 0 and before.value > 0
                then abs(ln(present.value / before.value)) / ln(1.1)
            when present.value > 0 and before.value > 0 then abs(ln(present.value / before.value)) / ln(1.25)
        end as size
    from stg_nato_observation as present
    inner join stg_nato_observation as before using (edition_id, measure, unit, price_basis, entity_code, repeats)
    -- Estimates alone, so that a row hangs on its own edition and on no other.
    where before.year = present.year - 1 and present.is_estimate and not present.repeats
),

large as (
    select
        edition_id, compared_with, earlier_edition_id, measure, unit, price_basis, entity_code, year, earlier_value, value,
        locator, distance / case when unit = 'percent' then 0.3 else 100 * ln(1.05) end as size
    from stg_nato_change
    union all
    select
        edition_id, compared_with, earlier_edition_id, measure, unit, price_basis, entity_code, year, earlier_value, value,
        locator, size
    from estimates
    union all
    select
        edition_id, compared_with, earlier_edition_id, measure, unit, price_basis, entity_code, year,
        expected_value as earlier_value, cast(null as double) as value, source_cells as locator, cast(null as double) as size
    from stg_nato_missing
)

select
    edition_id,
    compared_with,
    earlier_edition_id,
    measure,
    unit,
    price_basis,
    entity_code,
    year,
    cast(earlier_value as double) as earlier_value,
    cast(value as double) as present_value,
    locator,
    cast(size as double) as times_usual
from large
where size > 1 or value is null
