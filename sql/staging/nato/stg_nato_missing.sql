/*
description: >-
  Figures that the edition before, or the revision that was replaced, gave and an edition lacks, in the series
  and years that it holds; and holes in an edition's own rows, in years that other rows have (compared_with year).
grain: [edition_id, compared_with, measure, unit, price_basis, entity_code, year]
by_edition: with_earlier
*/
with spans as (
    select
        edition_id,
        min(year) as first_year,
        max(year) as last_year
    from stg_nato_observation
    group by edition_id
),

series as (
    select
        observed.edition_id,
        observed.measure,
        observed.unit,
        observed.price_basis,
        min(observed.locator) as any_locator,
        max(editions.published_on) as published_on
    from stg_nato_observation as observed
    inner join source_edition as editions using (edition_id)
    where not observed.repeats
    group by all
),

with_earlier as (
    select
        *,
        lag(edition_id) over (
            partition by measure, unit, price_basis order by published_on, edition_id
        ) as earlier_edition_id
    from series
),

newest_replaced as (
    select
        edition_id,
        max(revision) as revision
    from source_superseded
    group by edition_id
),

given_before as (
    select
        series.edition_id, 'edition' as compared_with, series.earlier_edition_id, series.measure, series.unit,
        series.price_basis, series.any_locator, before.entity_code, before.year, before.value, before.locator
    from with_earlier as series
    inner join stg_nato_observation as before
        on before.edition_id = series.earlier_edition_id
        and before.measure = series.measure
        and before.unit = series.unit
        and before.price_basis = series.price_basis
    where not before.repeats
    union all
    select
        series.edition_id, 'revision' as compared_with, series.edition_id as earlier_edition_id, series.measure,
        series.unit, series.price_basis, series.any_locator, before.entity_code, cast(before.period as integer) as year,
        before.value, before.locator
    from series
    inner join newest_replaced using (edition_id)
    inner join source_superseded as before
        on before.edition_id = series.edition_id
        and before.revision = newest_replaced.revision
        and before.measure = series.measure
        and before.unit = series.unit
        and before.price_basis = series.price_basis
    where not before.repeats
),

years_of_series as (
    select distinct edition_id, measure, unit, price_basis, year
    from stg_nato_observation
    where not repeats
),

rows_of_series as (
    select
        edition_id, measure, unit, price_basis, entity_code,
        max(locator) as any_locator
    from stg_nato_observation
    where not repeats
    group by all
),

holes as (
    select
        rows_of_series.edition_id, 'year' as compared_with, rows_of_series.edition_id as earlier_edition_id,
        rows_of_series.measure, rows_of_series.unit, rows_of_series.price_basis, rows_of_series.any_locator,
        rows_of_series.entity_code, years.year
    from rows_of_series
    inner join years_of_series as years using (edition_id, measure, unit, price_basis)
    anti join stg_nato_observation as observed
        on observed.edition_id = rows_of_series.edition_id
        and observed.measure = rows_of_series.measure
        and observed.unit = rows_of_series.unit
        and observed.price_basis = rows_of_series.price_basis
        and observed.entity_code = rows_of_series.entity_code
        and observed.year = years.year
        and not observed.repeats
),

missing as (
    select
        given_before.edition_id, given_before.compared_with, given_before.earlier_edition_id, given_before.measure,
        given_before.unit, given_before.price_basis, given_before.any_locator, given_before.entity_code,
        given_before.year, given_before.value, given_before.locator
    from given_before
    inner join spans
        on spans.edition_id = given_before.edition_id
        and given_before.year between spans.first_year and spans.last_year
    anti join stg_nato_observation as observed
        on observed.edition_id = given_before.edition_id
        and observed.measure = given_before.measure
        and observed.unit = given_before.unit
        and observed.price_basis = given_before.price_basis
        and observed.entity_code = given_before.entity_code
        and observed.year = given_before.year
        and not observed.repeats
    union all
    select
        edition_id, compared_with, earlier_edition_id, measure, unit, price_basis, any_locator, entity_code, year,
        cast(null as double) as value, cast(null as varchar) as locator
    from holes
)

select
    missing.edition_id,
    missing.compared_with,
    missing.earlier_edition_id,
    missing.measure,
    missing.unit,
    missing.price_basis,
    missing.entity_code,
    missing.year,
    coalesce(own.locator, missing.any_locator) as source_cells,
    -- A hole has no figure on another side: beside it stands its own year before.
    coalesce(missing.locator, own.locator, missing.any_locator) as earlier_cells,
    cast(case when missing.compared_with = 'year' then own.value else missing.value end as double) as expected_value
from missing
left join stg_nato_observation as own
    on own.edition_id = missing.edition_id
    and own.measure = missing.measure
    and own.unit = missing.unit
    and own.price_basis = missing.price_basis
    and own.entity_code = missing.entity_code
    and own.year = missing.year - 1
    and not own.repeats
