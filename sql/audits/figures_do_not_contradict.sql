/*
description: >-
  No published figure deviates from what the others give or allow for it beyond the tolerance of its relation,
  unless an exception names it.
advice: >-
  open the source at these cells; a deviation that NATO published belongs in
  warehouse/seeds/exceptions.csv by name, with the deviation that was seen and the reason.
judges_files: alone
*/
with beyond as (
    select *
    from fct_discrepancy
    where deviation > tolerance and reason is null
),

cells as (
    select
        beyond.edition_id,
        beyond.relation_id,
        beyond.price_basis,
        beyond.entity_code,
        beyond.year,
        string_agg(observed.locator, ', ' order by observed.year desc, observed.locator) as source_cells
    from beyond
    inner join stg_nato_tolerance as relations using (relation_id)
    inner join stg_nato_observation as observed
        on observed.edition_id = beyond.edition_id
        and observed.entity_code = beyond.entity_code
        and (observed.year = beyond.year or relations.compares_year_before and observed.year = beyond.year - 1)
    where list_contains(
            string_split(relations.compared_series, '|'),
            concat_ws(' ', case when observed.repeats then 'repeated' end, observed.measure, observed.unit)
        )
        and observed.price_basis in (beyond.price_basis, 'none')
        -- A relation that compares the price bases names the basis of each series.
        or list_contains(
            string_split(relations.compared_series, '|'),
            concat_ws(' ', observed.measure, observed.unit, observed.price_basis)
        )
    group by all
)

select
    beyond.edition_id,
    beyond.entity_code,
    beyond.year,
    beyond.relation as rule,
    cells.source_cells,
    beyond.published_value as found,
    beyond.computed_value as expected,
    beyond.tolerance_unit as unit,
    beyond.deviation,
    beyond.tolerance
from beyond
left join cells using (edition_id, relation_id, price_basis, entity_code, year)
order by deviation / tolerance desc, edition_id, rule, entity_code, year
