/*
description: >-
  Every group added up from its members of the year, with what its growth is made of - the members of
  both years, and this year's members in the year before. A sum is given only where every member that
  must have a figure has one (armed forces for expenditure and personnel, everybody for GDP as
  published, which may be what a published aggregate leaves - stg_nato_remainder). is_computed marks the groups that the edition does not publish itself.
grain: [edition_id, group_code, year]
by_edition: alone
*/
with figures as (
    select
        *,
        100 * cast(expenditure_constant_usd_m as double) / nullif(defence_share_of_gdp_pct, 0) as gdp_derived_usd_m,
        cast(gdp_constant_usd_m as double) / gdp_per_capita_usd_thousand as population_thousand,
        first_value(expenditure_constant_usd_m) over (
            partition by edition_id, entity_code order by year range between 1 preceding and 1 preceding
        ) as constant_before
    from stg_nato_figure
),

members as (
    select
        members.group_code,
        figures.*,
        allies.has_armed_forces,
        figures.year >= members.first_year and figures.year <= coalesce(members.last_year, figures.year) as is_in,
        figures.year > members.first_year and figures.year - 1 <= coalesce(members.last_year, figures.year) as was_in
    from dim_group_member as members
    inner join dim_ally as allies using (entity_code)
    inner join figures using (entity_code)
),

sums as (
    select
        edition_id,
        group_code,
        year,
        any_value(is_estimate) as is_estimate,
        any_value(price_base_year) as price_base_year,
        count(*) filter (is_in) as member_count,
        count(*) filter (is_in and has_armed_forces) as with_forces,
        count(*) filter (was_in and has_armed_forces) as with_forces_before,
        count(expenditure_current_usd_m) filter (is_in and has_armed_forces) as current_count,
        sum(expenditure_current_usd_m) filter (is_in) as current_sum,
        count(expenditure_constant_usd_m) filter (is_in and has_armed_forces) as constant_count,
        sum(expenditure_constant_usd_m) filter (is_in) as constant_sum,
        count(constant_before) filter (was_in and has_armed_forces) as before_count,
        sum(constant_before) filter (was_in) as constant_before_sum,
        sum(constant_before) filter (is_in) as this_years_members_before,
        sum(expenditure_constant_usd_m) filter (is_in and was_in) as stayers_now,
        sum(constant_before) filter (is_in and was_in) as stayers_before,
        count(gdp_current_usd_m) filter (is_in) as gdp_current_count,
        sum(gdp_current_usd_m) filter (is_in) as gdp_current_sum,
        count(gdp_constant_usd_m) filter (is_in) as gdp_constant_count,
        sum(gdp_constant_usd_m) filter (is_in) as gdp_constant_sum,
        count(gdp_derived_usd_m) filter (is_in and has_armed_forces) as gdp_derived_count,
        sum(gdp_derived_usd_m) filter (is_in) as gdp_derived_sum,
        count(military_personnel_thousand) filter (is_in and has_armed_forces) as personnel_count,
        sum(military_personnel_thousand) filter (is_in) as personnel_sum,
        count(population_thousand) filter (is_in) as population_count,
        sum(population_thousand) filter (is_in) as population_sum
    from members
    group by edition_id, group_code, year
    having member_count > 0
),

complete as (
    select
        *,
        constant_count = with_forces and before_count = with_forces_before and before_count > 0 as can_grow
    from sums
)

select
    complete.edition_id,
    complete.group_code,
    complete.year,
    complete.is_estimate,
    complete.price_base_year,
    listed.entity_code is null as is_computed,
    complete.member_count,
    case when current_count = with_forces then current_sum end as expenditure_current_usd_m,
    case when constant_count = with_forces then constant_sum end as expenditure_constant_usd_m,
    case when gdp_current_count = member_count then gdp_current_sum else remainder.gdp_current_usd_m end
        as gdp_current_usd_m,
    case when gdp_constant_count = member_count then gdp_constant_sum else remainder.gdp_constant_usd_m end
        as gdp_constant_usd_m,
    case when gdp_derived_count = with_forces then gdp_derived_sum end as gdp_derived_usd_m,
    case when personnel_count = with_forces then personnel_sum end as military_personnel_thousand,
    case when population_count = member_count then population_sum else remainder.population_thousand end
        as population_thousand,
    case when can_grow then 100 * (cast(constant_sum as double) / constant_before_sum - 1) end
        as members_growth_pct,
    case when can_grow then 100 * (cast(stayers_now as double) / stayers_before - 1) end
        as like_for_like_growth_pct,
    case when can_grow then 100 * (cast(constant_sum as double) / this_years_members_before - 1) end
        as this_years_members_growth_pct,
    case when can_grow then constant_before_sum end as members_before_constant_usd_m,
    case when can_grow then stayers_before end as stayers_before_constant_usd_m
from complete
left join (select distinct edition_id, entity_code from stg_nato_figure) as listed
    on listed.edition_id = complete.edition_id and listed.entity_code = complete.group_code
left join stg_nato_remainder as remainder
    on remainder.edition_id = complete.edition_id
    and remainder.group_code = complete.group_code
    and remainder.year = complete.year
