/*
description: >-
  GDP and population of a group as a published aggregate less its members outside the group, for groups in
  which only members without armed forces lack a figure - July 2026's aggregates contain Iceland, whose rows
  are not at hand, so European Allies are NATO Europe and Canada less Canada.
grain: [edition_id, group_code, year]
by_edition: alone
*/
with figures as (
    select
        edition_id,
        entity_code,
        year,
        gdp_current_usd_m,
        gdp_constant_usd_m,
        cast(gdp_constant_usd_m as double) / gdp_per_capita_usd_thousand as population_thousand
    from stg_nato_whole_figure
),

ranges as (
    select
        edition_id,
        entity_code,
        year,
        gdp_current_usd_m_low,
        gdp_current_usd_m_high,
        gdp_constant_usd_m_low,
        gdp_constant_usd_m_high,
        cast(gdp_constant_usd_m_low as double) / gdp_per_capita_usd_thousand_high as population_thousand_low,
        cast(gdp_constant_usd_m_high as double) / nullif(gdp_per_capita_usd_thousand_low, 0) as population_thousand_high
    from stg_nato_figure_range
),

years as (
    select distinct
        edition_id,
        year
    from figures
),

members as (
    select
        years.edition_id,
        years.year,
        members.group_code,
        members.entity_code
    from years
    inner join dim_group_member as members
        on years.year >= members.first_year and years.year <= coalesce(members.last_year, years.year)
),

-- Of each group and each published aggregate: how many members they share, and what those outside the group have.
pairs as (
    select
        aggregate.edition_id,
        aggregate.year,
        aggregate.group_code as aggregate_code,
        inside.group_code,
        count(own.entity_code) as shared,
        count(*) filter (own.entity_code is null) as outside,
        count(figures.gdp_current_usd_m) filter (own.entity_code is null) as current_count,
        sum(figures.gdp_current_usd_m) filter (own.entity_code is null) as current_sum,
        count(figures.gdp_constant_usd_m) filter (own.entity_code is null) as constant_count,
        sum(figures.gdp_constant_usd_m) filter (own.entity_code is null) as constant_sum,
        count(figures.population_thousand) filter (own.entity_code is null) as population_count,
        sum(figures.population_thousand) filter (own.entity_code is null) as population_sum,
        sum(ranges.gdp_current_usd_m_low) filter (own.entity_code is null) as gdp_current_usd_m_low,
        sum(ranges.gdp_current_usd_m_high) filter (own.entity_code is null) as gdp_current_usd_m_high,
        sum(ranges.gdp_constant_usd_m_low) filter (own.entity_code is null) as gdp_constant_usd_m_low,
        sum(ranges.gdp_constant_usd_m_high) filter (own.entity_code is null) as gdp_constant_usd_m_high,
        sum(ranges.population_thousand_low) filter (own.entity_code is null) as population_thousand_low,
        sum(ranges.population_thousand_high) filter (own.entity_code is null) as population_thousand_high
    from members as aggregate
    inner join (select distinct edition_id, year, group_code from members) as inside
        on inside.edition_id = aggregate.edition_id
        and inside.year = aggregate.year
        and inside.group_code <> aggregate.group_code
    left join members as own
        on own.edition_id = aggregate.edition_id
        and own.year = aggregate.year
        and own.group_code = inside.group_code
        and own.entity_code = aggregate.entity_code
    left join figures
        on figures.edition_id = aggregate.edition_id
        and figures.year = aggregate.year
        and figures.entity_code = aggregate.entity_code
    left join ranges
        on ranges.edition_id = aggregate.edition_id
        and ranges.year = aggregate.year
        and ranges.entity_code = aggregate.entity_code
    group by aggregate.edition_id, aggregate.year, aggregate.group_code, inside.group_code
),

-- Who is inside the group and has no figure: the rule holds only where all of them are without armed forces.
gaps as (
    select
        members.edition_id,
        members.year,
        members.group_code,
        count(*) as member_count,
        count(*) filter (allies.has_armed_forces and figures.gdp_current_usd_m is null) as current_missing,
        count(*) filter (allies.has_armed_forces and figures.gdp_constant_usd_m is null) as constant_missing,
        count(*) filter (allies.has_armed_forces and figures.population_thousand is null) as population_missing
    from members
    inner join dim_ally as allies on allies.entity_code = members.entity_code
    left join figures
        on figures.edition_id = members.edition_id
        and figures.year = members.year
        and figures.entity_code = members.entity_code
    group by members.edition_id, members.year, members.group_code
),

-- The smallest aggregate that contains the whole group leaves the least to be taken away.
nearest as (
    select
        pairs.*,
        gaps.current_missing,
        gaps.constant_missing,
        gaps.population_missing,
        row_number() over (
            partition by pairs.edition_id, pairs.year, pairs.group_code order by pairs.outside, pairs.aggregate_code
        ) as position
    from pairs
    inner join gaps using (edition_id, year, group_code)
    inner join figures as total
        on total.edition_id = pairs.edition_id
        and total.year = pairs.year
        and total.entity_code = pairs.aggregate_code
    where pairs.shared = gaps.member_count
)

select
    nearest.edition_id,
    nearest.group_code,
    nearest.year,
    case when current_missing = 0 and current_count = outside
        then total.gdp_current_usd_m - coalesce(current_sum, 0) end as gdp_current_usd_m,
    case when constant_missing = 0 and constant_count = outside
        then total.gdp_constant_usd_m - coalesce(constant_sum, 0) end as gdp_constant_usd_m,
    case when population_missing = 0 and population_count = outside
        then total.population_thousand - coalesce(population_sum, 0) end as population_thousand,
    case when current_missing = 0 and current_count = outside
        then greatest(0, ranges.gdp_current_usd_m_low - coalesce(nearest.gdp_current_usd_m_high, 0)) end as gdp_current_usd_m_low,
    case when current_missing = 0 and current_count = outside
        then ranges.gdp_current_usd_m_high - coalesce(nearest.gdp_current_usd_m_low, 0) end as gdp_current_usd_m_high,
    case when constant_missing = 0 and constant_count = outside
        then greatest(0, ranges.gdp_constant_usd_m_low - coalesce(nearest.gdp_constant_usd_m_high, 0)) end as gdp_constant_usd_m_low,
    case when constant_missing = 0 and constant_count = outside
        then ranges.gdp_constant_usd_m_high - coalesce(nearest.gdp_constant_usd_m_low, 0) end as gdp_constant_usd_m_high,
    case when population_missing = 0 and population_count = outside
        then greatest(0, ranges.population_thousand_low - coalesce(nearest.population_thousand_high, 0)) end as population_thousand_low,
    case when population_missing = 0 and population_count = outside
        then ranges.population_thousand_high - coalesce(nearest.population_thousand_low, 0) end as population_thousand_high
from nearest
inner join figures as total
    on total.edition_id = nearest.edition_id
    and total.year = nearest.year
    and total.entity_code = nearest.aggregate_code
inner join ranges
    on ranges.edition_id = nearest.edition_id
    and ranges.year = nearest.year
    and ranges.entity_code = nearest.aggregate_code
where nearest.position = 1
