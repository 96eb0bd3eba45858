/*
description: >-
  What a mistake looks like beside the year before, where no other edition tells - the four categories under
  each other's names, and two years or two rows of a block that repeat each other.
grain: [edition_id, compared_with, pattern, measure, unit, price_basis, entity_code, year]
by_edition: alone
*/
with cells as (
    select
        edition_id,
        measure,
        unit,
        price_basis,
        entity_code,
        year,
        value,
        locator
    from stg_nato_observation
    where not repeats
),

categories as (
    select *
    from cells
    where measure in ('equipment_share', 'personnel_share', 'infrastructure_share', 'other_share')
),

category_years as (
    select
        present.edition_id,
        present.measure,
        before.measure as from_measure,
        present.year,
        count(*) as cells,
        -- No one Ally decides: nobody counts with more than the largest real swing of half the whole.
        sum(least(50, abs(present.value - before.value))) as difference
    from categories as present
    inner join categories as before using (edition_id, unit, price_basis, entity_code)
    where before.year = present.year - 1
    group by all
),

categories_elsewhere as (
    select
        elsewhere.edition_id,
        elsewhere.measure,
        elsewhere.year,
        elsewhere.from_measure
    from category_years as elsewhere
    inner join category_years as straight using (edition_id, measure, year)
    where elsewhere.from_measure <> elsewhere.measure
        and straight.from_measure = straight.measure
        and elsewhere.cells >= 10
        and elsewhere.difference < 0.5 * straight.difference
),

repeated_years as (
    select
        present.edition_id,
        present.measure,
        present.unit,
        present.price_basis,
        present.year,
        min(before.year) as from_year
    from cells as present
    inner join cells as before using (edition_id, measure, unit, price_basis, entity_code)
    where before.year = present.year - 1
    group by present.edition_id, present.measure, present.unit, present.price_basis, present.year
    having count(*) >= 10
        and count(*) filter (where present.value = before.value and present.value <> 0) >= 0.8 * count(*)
),

-- Few rows hold many of another's figures: all years are counted of those alone.
like_rows as (
    select
        present.edition_id,
        present.measure,
        present.unit,
        present.price_basis,
        present.entity_code,
        other.entity_code as from_entity,
        count(*) as cells_alike
    from cells as present
    inner join cells as other using (edition_id, measure, unit, price_basis, year, value)
    where present.entity_code <> other.entity_code and present.value <> 0
    group by all
    having count(*) >= 4
),

repeated_rows as (
    select
        alike.edition_id,
        alike.measure,
        alike.unit,
        alike.price_basis,
        alike.entity_code,
        alike.from_entity
    from like_rows as alike
    inner join cells as present using (edition_id, measure, unit, price_basis, entity_code)
    inner join cells as other
        on other.edition_id = alike.edition_id
        and other.measure = alike.measure
        and other.unit = alike.unit
        and other.price_basis = alike.price_basis
        and other.entity_code = alike.from_entity
        and other.year = present.year
    group by all
    having count(*) >= 5 and max(alike.cells_alike) >= 0.8 * count(*)
),

found as (
    select
        cells.edition_id,
        cells.measure,
        cells.unit,
        cells.price_basis,
        cells.entity_code,
        cells.year,
        cells.value,
        cells.locator,
        'category_elsewhere' as pattern, elsewhere.from_measure as origin
    from cells
    inner join categories_elsewhere as elsewhere using (edition_id, measure, year)
    union all
    select
        cells.edition_id,
        cells.measure,
        cells.unit,
        cells.price_basis,
        cells.entity_code,
        cells.year,
        cells.value,
        cells.locator,
        'repeated_year' as pattern, cast(years.from_year as varchar) as origin
    from cells
    inner join repeated_years as years using (edition_id, measure, unit, price_basis, year)
    union all
    select
        cells.edition_id,
        cells.measure,
        cells.unit,
        cells.price_basis,
        cells.entity_code,
        cells.year,
        cells.value,
        cells.locator,
        'repeated_row' as pattern, entities.from_entity as origin
    from cells
    inner join repeated_rows as entities using (edition_id, measure, unit, price_basis, entity_code)
)

select
    found.edition_id,
    'year' as compared_with,
    found.edition_id as earlier_edition_id,
    found.pattern,
    found.measure,
    found.unit,
    found.price_basis,
    found.entity_code,
    found.year,
    found.locator as source_cells,
    coalesce(before.locator, found.locator) as earlier_cells,
    cast(found.value as double) as found_value,
    cast(before.value as double) as expected_value,
    min(found.origin) as origin
from found
left join cells as before
    on before.edition_id = found.edition_id
    and before.measure = found.measure
    and before.unit = found.unit
    and before.price_basis = found.price_basis
    and before.entity_code = found.entity_code
    and before.year = found.year - 1
group by
    found.edition_id, found.pattern, found.measure, found.unit, found.price_basis, found.entity_code, found.year,
    found.locator, before.locator, found.value, before.value
