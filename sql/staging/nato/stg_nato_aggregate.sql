/*
description: >-
  Every published aggregate beside the sum of its members of the year, with the members whose figure is not
  at hand (armed forces for expenditure and personnel, everybody for GDP). An aggregate that is no more than
  the sum of the members that are given leaves the others out - it is published and still not the whole.
grain: [edition_id, group_code, year, measure, price_basis]
by_edition: alone
*/
with cells as (
    select
        edition_id,
        entity_code,
        year,
        measure,
        unit,
        price_basis,
        value,
        half_step
    from stg_nato_observation
    where not repeats and (
        (measure in ('defence_expenditure', 'gdp') and unit = 'usd_m')
        or measure in ('military_personnel', 'gdp_per_capita')
    )
),

members as (
    select
        total.edition_id,
        total.entity_code as group_code,
        total.year,
        total.measure,
        total.price_basis,
        total.value,
        total.half_step,
        members.entity_code,
        own.value as member_value,
        own.half_step as member_half_step
    from cells as total
    inner join dim_group_member as members
        on members.group_code = total.entity_code
        and total.year >= members.first_year
        and total.year <= coalesce(members.last_year, total.year)
    inner join dim_ally as allies on allies.entity_code = members.entity_code
    left join cells as own
        on own.edition_id = total.edition_id
        and own.entity_code = members.entity_code
        and own.year = total.year
        and own.measure = total.measure
        and own.price_basis = total.price_basis
    where allies.has_armed_forces or total.measure in ('gdp', 'gdp_per_capita')
),

compared as (
    select
        edition_id,
        group_code,
        year,
        measure,
        price_basis,
        any_value(value) as published_value,
        count(*) filter (member_value is null) as members_missing,
        string_agg(entity_code, ' ' order by entity_code) filter (member_value is null) as missing_members,
        -- Figures per head do not add up.
        case when measure <> 'gdp_per_capita' then sum(member_value) end as members_sum,
        any_value(half_step) + sum(member_half_step) as rounding
    from members
    group by edition_id, group_code, year, measure, price_basis
)

select
    edition_id,
    group_code,
    year,
    measure,
    price_basis,
    published_value,
    members_missing,
    missing_members,
    members_sum,
    -- A millionth: August 2025's sums of personnel are that far from the aggregates.
    members_missing > 0 and published_value - members_sum <= rounding + 1e-6 * published_value as leaves_out_members
from compared
