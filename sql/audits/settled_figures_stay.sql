/*
description: >-
  No row of an edition leaves the edition before by more than the tolerance in three or more settled
  years. A year is settled three years before the earlier edition's last. Rows that were exchanged or
  scaled do so; single revisions do not, and fct_revision lists them.
advice: >-
  compare these cells with both editions; a revision that NATO published belongs in
  warehouse/seeds/exceptions.csv by name, one line a year, with the reason.
judges_files: true
*/
with settled as (
    select
        changes.*,
        relations.relation_id,
        relations.relation,
        relations.tolerance,
        relations.tolerance_unit,
        -- Money is compared by what it changed of itself, ratios and heads by what they changed.
        abs(case relations.tolerance_unit when 'percent' then changes.relative_change_pct else changes.change end)
            as deviation
    from fct_revision as changes
    inner join dim_edition as earlier on earlier.edition_id = changes.earlier_edition_id
    inner join stg_nato_tolerance as relations
        on relations.relation_id like 'settled%'
        and list_contains(
            string_split(relations.compared_series, '|'), concat_ws(' ', changes.measure, changes.unit)
        )
    where changes.year <= earlier.last_year - 3
),

unexplained as (
    select
        *,
        count(*) over (partition by edition_id, measure, unit, entity_code) as years_beyond
    from settled
    anti join stg_nato_exception using (edition_id, relation_id, entity_code, year)
    where deviation > tolerance
)

select
    unexplained.edition_id,
    unexplained.earlier_edition_id,
    unexplained.entity_code,
    unexplained.year,
    unexplained.relation as rule,
    observed.locator as source_cells,
    unexplained.value as found,
    unexplained.earlier_value as expected,
    unexplained.unit,
    unexplained.deviation,
    unexplained.tolerance
from unexplained
inner join stg_nato_observation as observed
    using (edition_id, measure, unit, price_basis, entity_code, year)
where not observed.repeats
    and unexplained.years_beyond >= 3
order by unexplained.deviation / unexplained.tolerance desc, unexplained.edition_id, rule, unexplained.entity_code, year
