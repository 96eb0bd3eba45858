/*
description: >-
  What each group had in a base year and in every later year, added up from its members' own figures - the members
  of each year, those of both years, those of the base year and those of the later year. A sum is given only where
  every member with armed forces has a figure at both ends; who has no armed forces (Iceland, whose GDP not every
  edition gives) counts where both its figures are there. Figures per head are sums over sums.
grain: [edition_id, group_code, measure, price_basis, base_year, year]
by_edition: alone
*/
with amounts as (
    select
        amounts.edition_id,
        amounts.entity_code,
        amounts.measure,
        amounts.price_basis,
        amounts.year,
        coalesce(amounts.total, amounts.amount) as total,
        case when amounts.measure in ('defence_expenditure_per_capita', 'gdp_per_capita') then population_thousand else 1 end
            as heads,
        allies.has_armed_forces
    from stg_nato_amount as amounts
    inner join dim_ally as allies using (entity_code)
),

pairs as (
    select
        members.group_code,
        later.edition_id,
        later.measure,
        later.price_basis,
        base.year as base_year,
        later.year,
        later.entity_code,
        later.has_armed_forces,
        base.total as base_total,
        base.heads as base_heads,
        later.total,
        later.heads,
        base.total is not null and base.heads is not null as has_base,
        later.total is not null and later.heads is not null as has_later,
        base.year >= members.first_year and base.year <= coalesce(members.last_year, base.year) as was_in,
        later.year >= members.first_year and later.year <= coalesce(members.last_year, later.year) as is_in
    from dim_group_member as members
    inner join amounts as later using (entity_code)
    inner join amounts as base
        on base.edition_id = later.edition_id
        and base.entity_code = later.entity_code
        and base.measure = later.measure
        and base.price_basis = later.price_basis
        and base.year < later.year
),

sums as (
    select
        edition_id,
        group_code,
        measure,
        price_basis,
        base_year,
        year,
        count(*) filter (was_in and has_armed_forces) as base_members,
        count(*) filter (is_in and has_armed_forces) as members,
        count(*) filter (was_in and is_in and has_armed_forces) as members_of_both,
        count(*) filter (was_in and has_armed_forces and has_base) as base_given,
        count(*) filter (is_in and has_armed_forces and has_later) as given,
        count(*) filter (was_in and is_in and has_armed_forces and has_base and has_later) as both_given,
        count(*) filter (was_in and has_armed_forces and has_base and has_later) as base_members_given,
        count(*) filter (is_in and has_armed_forces and has_base and has_later) as members_given,
        sum(base_total) filter (was_in and has_base) as base_sum,
        sum(base_heads) filter (was_in and has_base) as base_heads_sum,
        sum(total) filter (is_in and has_later) as later_sum,
        sum(heads) filter (is_in and has_later) as heads_sum,
        sum(base_total) filter (was_in and is_in and has_base and has_later) as both_base,
        sum(base_heads) filter (was_in and is_in and has_base and has_later) as both_base_heads,
        sum(total) filter (was_in and is_in and has_base and has_later) as both_later,
        sum(heads) filter (was_in and is_in and has_base and has_later) as both_heads,
        sum(base_total) filter (was_in and has_base and has_later) as base_set_base,
        sum(base_heads) filter (was_in and has_base and has_later) as base_set_base_heads,
        sum(total) filter (was_in and has_base and has_later) as base_set_later,
        sum(heads) filter (was_in and has_base and has_later) as base_set_heads,
        sum(base_total) filter (is_in and has_base and has_later) as later_set_base,
        sum(base_heads) filter (is_in and has_base and has_later) as later_set_base_heads,
        sum(total) filter (is_in and has_base and has_later) as later_set_later,
        sum(heads) filter (is_in and has_base and has_later) as later_set_heads
    from pairs
    group by edition_id, group_code, measure, price_basis, base_year, year
),

-- Amounts are no sums over heads: their heads only count the members.
averaged as (
    select
        *,
        measure in ('defence_expenditure_per_capita', 'gdp_per_capita') as per_head
    from sums
    where base_members > 0 and members > 0
)

select
    edition_id,
    group_code,
    measure,
    price_basis,
    base_year,
    year,
    members_of_both,
    case when base_given = base_members
        then cast(base_sum as double) / case when per_head then nullif(base_heads_sum, 0) else 1 end end as base_amount,
    case when given = members
        then cast(later_sum as double) / case when per_head then nullif(heads_sum, 0) else 1 end end as amount,
    case when both_given = members_of_both
        then cast(both_base as double) / case when per_head then nullif(both_base_heads, 0) else 1 end end
        as like_for_like_base_amount,
    case when both_given = members_of_both
        then cast(both_later as double) / case when per_head then nullif(both_heads, 0) else 1 end end
        as like_for_like_amount,
    case when base_members_given = base_members
        then cast(base_set_base as double) / case when per_head then nullif(base_set_base_heads, 0) else 1 end end
        as base_years_members_base_amount,
    case when base_members_given = base_members
        then cast(base_set_later as double) / case when per_head then nullif(base_set_heads, 0) else 1 end end
        as base_years_members_amount,
    case when members_given = members
        then cast(later_set_base as double) / case when per_head then nullif(later_set_base_heads, 0) else 1 end end
        as this_years_members_base_amount,
    case when members_given = members
        then cast(later_set_later as double) / case when per_head then nullif(later_set_heads, 0) else 1 end end
        as this_years_members_amount
from averaged
