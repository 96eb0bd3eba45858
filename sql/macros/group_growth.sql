/*
description: >-
  Growth of a fixed set of members from any year to any later one - those who belonged to the group in the year
  members_of, counted at both ends whether or not they belonged then, without the Allies of left_out, a list of codes
  as ['NOR', 'SWE'] or a text of them as 'NOR SWE' ('' for none). what and prices are measure and price basis of
  fct_growth_since; figures per head are no sums.
parameters: [edition, grp, what, prices, since, until, members_of, left_out]
*/
select
    growth.edition_id,
    members.group_code,
    growth.measure,
    growth.price_basis,
    growth.base_year,
    growth.year,
    count(*) as members_counted,
    case when count(base_amount + amount) = count(*) then sum(base_amount) end as base_amount,
    case when count(base_amount + amount) = count(*) then sum(amount) end as amount,
    case when count(base_amount + amount) = count(*) then 100 * (sum(amount) / sum(base_amount) - 1) end as growth_pct,
    case when count(base_amount + amount) = count(*)
        then 100 * (pow(sum(amount) / sum(base_amount), 1 / cast(growth.year - growth.base_year as double)) - 1) end
        as average_growth_pct
from fct_growth_since as growth
inner join dim_group_member as members using (entity_code)
inner join dim_ally as allies using (entity_code)
where growth.edition_id = edition
    and members.group_code = grp
    and growth.measure = what
    and growth.price_basis = prices
    and growth.base_year = since
    and growth.year = until
    and growth.measure not in ('defence_expenditure_per_capita', 'gdp_per_capita')
    and members_of between members.first_year and coalesce(members.last_year, members_of)
    -- Not every edition gives the GDP of those without armed forces.
    and (allies.has_armed_forces or growth.amount is not null)
    -- A list is told as text too, `[NOR, SWE]`.
    and not contains(
        concat(' ', translate(upper(cast(left_out as varchar)), '[,]', '   '), ' '),
        concat(' ', growth.entity_code, ' ')
    )
group by growth.edition_id, members.group_code, growth.measure, growth.price_basis, growth.base_year, growth.year
