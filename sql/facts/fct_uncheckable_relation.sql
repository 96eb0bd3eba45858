/*
description: >-
  Published aggregates that cannot be compared with their members, because the figure of one is not at hand or
  not given - with the members that are missing and what the others leave of the aggregate. fct_discrepancy is
  silent about them, which does not mean that they agree.
grain: [edition_id, relation_id, price_basis, entity_code, year]
by_edition: alone
*/
select
    totals.edition_id,
    relations.relation_id,
    totals.price_basis,
    totals.group_code as entity_code,
    totals.year,
    relations.relation,
    totals.published_value,
    totals.missing_members,
    cast(totals.members_sum as double) as members_sum,
    cast(totals.published_value - totals.members_sum as double) as left_of_aggregate,
    case when totals.leaves_out_members then 'aggregate_leaves_out_members' else 'member_figure_not_held' end
        as uncheckable_reason_code
from stg_nato_aggregate as totals
inner join stg_nato_tolerance as relations
    on relations.relation_id = case totals.measure
        when 'defence_expenditure' then 'aggregate_expenditure'
        when 'gdp' then 'aggregate_gdp'
        when 'gdp_per_capita' then 'aggregate_gdp_per_capita'
        else 'aggregate_personnel'
    end
where totals.members_missing > 0
