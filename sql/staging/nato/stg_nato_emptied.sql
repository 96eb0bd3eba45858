/*
description: >-
  Rows and years of which an edition lacks what the edition before, or the revision that it replaced, gave -
  three figures or more of a row, ten or more of a year. A figure or two may be missing; so many were emptied.
grain: [edition_id, compared_with, pattern, measure, unit, price_basis, entity_code, year]
by_edition: alone
*/
with beside as (
    select
        *,
        count(*) over (partition by edition_id, compared_with, measure, unit, price_basis, entity_code) as missing_of_row,
        count(*) over (partition by edition_id, compared_with, measure, unit, price_basis, year) as missing_of_year,
        row_number() over (partition by edition_id, compared_with, measure, unit, price_basis, entity_code order by year) as place_in_row,
        row_number() over (partition by edition_id, compared_with, measure, unit, price_basis, year order by entity_code) as place_in_year
    from stg_nato_missing
    where compared_with <> 'year'
)

select
    edition_id,
    compared_with,
    earlier_edition_id,
    case when missing_of_row >= 3 and place_in_row = 1 then 'emptied_row' else 'emptied_year' end as pattern,
    measure,
    unit,
    price_basis,
    entity_code,
    year,
    source_cells,
    earlier_cells,
    cast(null as double) as found_value,
    expected_value,
    cast(null as varchar) as origin
from beside
where (missing_of_row >= 3 and place_in_row = 1)
    or (missing_of_year >= 10 and place_in_year = 1)
