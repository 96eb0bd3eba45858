/*
description: No published figure deviates from the arithmetic of the others beyond the tolerance of its relation.
advice: >-
  open the source at these cells; a deviation that NATO published belongs in
  warehouse/seeds/exceptions.csv by name, with the reason.
judges_files: true
*/
with beyond as (
    select *
    from fct_discrepancy
    where deviation > tolerance
),

cells as (
    select
        beyond.edition_id,
        beyond.relation_id,
        beyond.price_basis,
        beyond.entity_code,
        beyond.year,
        string_agg(observed.locator, ', ' order by observed.locator) as source_cells
    from beyond
    inner join stg_nato_tolerance as relations using (relation_id)
    inner join stg_nato_observation as observed using (edition_id, entity_code, year)
    where list_contains(
            string_split(relations.compared_series, '|'),
            concat_ws(' ', case when observed.repeats then 'repeated' end, observed.measure, observed.unit)
        )
        -- The base year's relations compare the two price bases; the others stay within one.
        and (observed.price_basis in (beyond.price_basis, 'none') or beyond.relation_id like 'base_year%')
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
