/*
description: >-
  The least and the most that the figures of an Ally, an aggregate or a computed group can be within the rounding of
  what they are made of - also GDP derived from the share of GDP, and population. A group is at least the sum of
  the least of its members, and has neither where stg_nato_group_year has no figure.
grain: [edition_id, entity_code, year]
by_edition: alone
*/
-- An aggregate that leaves out a member has no figure here, as in stg_nato_whole_figure.
with whole as (
    select
        ranges.edition_id,
        ranges.entity_code,
        ranges.year,
        ranges.expenditure_current_lcu_m_low,
        ranges.expenditure_current_lcu_m_high,
        case when figures.expenditure_current_usd_m is not null then ranges.expenditure_current_usd_m_low end as expenditure_current_usd_m_low,
        case when figures.expenditure_current_usd_m is not null then ranges.expenditure_current_usd_m_high end as expenditure_current_usd_m_high,
        case when figures.expenditure_constant_usd_m is not null then ranges.expenditure_constant_usd_m_low end as expenditure_constant_usd_m_low,
        case when figures.expenditure_constant_usd_m is not null then ranges.expenditure_constant_usd_m_high end as expenditure_constant_usd_m_high,
        ranges.defence_share_of_gdp_pct_low,
        ranges.defence_share_of_gdp_pct_high,
        ranges.real_growth_published_pct_low,
        ranges.real_growth_published_pct_high,
        case when figures.gdp_current_usd_m is not null then ranges.gdp_current_usd_m_low end as gdp_current_usd_m_low,
        case when figures.gdp_current_usd_m is not null then ranges.gdp_current_usd_m_high end as gdp_current_usd_m_high,
        case when figures.gdp_constant_usd_m is not null then ranges.gdp_constant_usd_m_low end as gdp_constant_usd_m_low,
        case when figures.gdp_constant_usd_m is not null then ranges.gdp_constant_usd_m_high end as gdp_constant_usd_m_high,
        case when figures.military_personnel_thousand is not null then ranges.military_personnel_thousand_low end as military_personnel_thousand_low,
        case when figures.military_personnel_thousand is not null then ranges.military_personnel_thousand_high end as military_personnel_thousand_high,
        ranges.gdp_per_capita_usd_thousand_low,
        ranges.gdp_per_capita_usd_thousand_high
    from stg_nato_figure_range as ranges
    inner join stg_nato_whole_figure as figures using (edition_id, entity_code, year)
),

published as (
    select
        edition_id,
        entity_code,
        year,
        expenditure_current_lcu_m_low,
        expenditure_current_lcu_m_high,
        expenditure_current_usd_m_low,
        expenditure_current_usd_m_high,
        expenditure_constant_usd_m_low,
        expenditure_constant_usd_m_high,
        defence_share_of_gdp_pct_low,
        defence_share_of_gdp_pct_high,
        real_growth_published_pct_low,
        real_growth_published_pct_high,
        gdp_current_usd_m_low,
        gdp_current_usd_m_high,
        gdp_constant_usd_m_low,
        gdp_constant_usd_m_high,
        100 * cast(expenditure_constant_usd_m_low as double) / nullif(defence_share_of_gdp_pct_high, 0)
            as gdp_derived_usd_m_low,
        100 * cast(expenditure_constant_usd_m_high as double) / nullif(defence_share_of_gdp_pct_low, 0)
            as gdp_derived_usd_m_high,
        cast(gdp_constant_usd_m_low as double) / nullif(gdp_per_capita_usd_thousand_high, 0)
            as population_thousand_low,
        cast(gdp_constant_usd_m_high as double) / nullif(gdp_per_capita_usd_thousand_low, 0)
            as population_thousand_high,
        military_personnel_thousand_low,
        military_personnel_thousand_high
    from whole
),

sums as (
    select
        groups.edition_id,
        groups.group_code,
        groups.year,
        any_value(groups.member_count) as member_count,
        count(published.gdp_current_usd_m_low) as gdp_current_count,
        count(published.gdp_constant_usd_m_low) as gdp_constant_count,
        count(published.population_thousand_low) as population_count,
        sum(published.expenditure_current_usd_m_low) as expenditure_current_usd_m_low,
        sum(published.expenditure_current_usd_m_high) as expenditure_current_usd_m_high,
        sum(published.expenditure_constant_usd_m_low) as expenditure_constant_usd_m_low,
        sum(published.expenditure_constant_usd_m_high) as expenditure_constant_usd_m_high,
        sum(published.gdp_derived_usd_m_low) as gdp_derived_usd_m_low,
        sum(published.gdp_derived_usd_m_high) as gdp_derived_usd_m_high,
        sum(published.military_personnel_thousand_low) as military_personnel_thousand_low,
        sum(published.military_personnel_thousand_high) as military_personnel_thousand_high,
        sum(published.gdp_current_usd_m_low) as gdp_current_usd_m_low,
        sum(published.gdp_current_usd_m_high) as gdp_current_usd_m_high,
        sum(published.gdp_constant_usd_m_low) as gdp_constant_usd_m_low,
        sum(published.gdp_constant_usd_m_high) as gdp_constant_usd_m_high,
        sum(published.population_thousand_low) as population_thousand_low,
        sum(published.population_thousand_high) as population_thousand_high
    from stg_nato_group_year as groups
    inner join dim_group_member as members
        on members.group_code = groups.group_code
        and groups.year >= members.first_year
        and groups.year <= coalesce(members.last_year, groups.year)
    inner join published
        on published.edition_id = groups.edition_id
        and published.entity_code = members.entity_code
        and published.year = groups.year
    where groups.is_computed
    group by groups.edition_id, groups.group_code, groups.year
)

select
    edition_id,
    entity_code,
    year,
    expenditure_current_lcu_m_low,
    expenditure_current_lcu_m_high,
    expenditure_current_usd_m_low,
    expenditure_current_usd_m_high,
    expenditure_constant_usd_m_low,
    expenditure_constant_usd_m_high,
    defence_share_of_gdp_pct_low,
    defence_share_of_gdp_pct_high,
    real_growth_published_pct_low,
    real_growth_published_pct_high,
    gdp_current_usd_m_low,
    gdp_current_usd_m_high,
    gdp_constant_usd_m_low,
    gdp_constant_usd_m_high,
    gdp_derived_usd_m_low,
    gdp_derived_usd_m_high,
    population_thousand_low,
    population_thousand_high,
    military_personnel_thousand_low,
    military_personnel_thousand_high
from published
union all
-- Added up in another order, a sum may differ in its last bit from that of stg_nato_group_year.
select
    sums.edition_id,
    sums.group_code as entity_code,
    sums.year,
    null as expenditure_current_lcu_m_low,
    null as expenditure_current_lcu_m_high,
    case when groups.expenditure_current_usd_m is not null
        then least(sums.expenditure_current_usd_m_low, groups.expenditure_current_usd_m) end as expenditure_current_usd_m_low,
    case when groups.expenditure_current_usd_m is not null
        then greatest(sums.expenditure_current_usd_m_high, groups.expenditure_current_usd_m) end as expenditure_current_usd_m_high,
    case when groups.expenditure_constant_usd_m is not null
        then least(sums.expenditure_constant_usd_m_low, groups.expenditure_constant_usd_m) end as expenditure_constant_usd_m_low,
    case when groups.expenditure_constant_usd_m is not null
        then greatest(sums.expenditure_constant_usd_m_high, groups.expenditure_constant_usd_m) end as expenditure_constant_usd_m_high,
    100 * cast(sums.expenditure_constant_usd_m_low as double) / nullif(sums.gdp_derived_usd_m_high, 0)
        as defence_share_of_gdp_pct_low,
    100 * cast(sums.expenditure_constant_usd_m_high as double) / nullif(sums.gdp_derived_usd_m_low, 0)
        as defence_share_of_gdp_pct_high,
    null as real_growth_published_pct_low,
    null as real_growth_published_pct_high,
    case
        when gdp_current_count = sums.member_count then least(sums.gdp_current_usd_m_low, groups.gdp_current_usd_m)
        else remainder.gdp_current_usd_m_low
    end as gdp_current_usd_m_low,
    case
        when gdp_current_count = sums.member_count then greatest(sums.gdp_current_usd_m_high, groups.gdp_current_usd_m)
        else remainder.gdp_current_usd_m_high
    end as gdp_current_usd_m_high,
    case
        when gdp_constant_count = sums.member_count then least(sums.gdp_constant_usd_m_low, groups.gdp_constant_usd_m)
        else remainder.gdp_constant_usd_m_low
    end as gdp_constant_usd_m_low,
    case
        when gdp_constant_count = sums.member_count then greatest(sums.gdp_constant_usd_m_high, groups.gdp_constant_usd_m)
        else remainder.gdp_constant_usd_m_high
    end as gdp_constant_usd_m_high,
    case when groups.gdp_derived_usd_m is not null
        then least(sums.gdp_derived_usd_m_low, groups.gdp_derived_usd_m) end as gdp_derived_usd_m_low,
    case when groups.gdp_derived_usd_m is not null
        then greatest(sums.gdp_derived_usd_m_high, groups.gdp_derived_usd_m) end as gdp_derived_usd_m_high,
    case
        when population_count = sums.member_count then least(sums.population_thousand_low, groups.population_thousand)
        else remainder.population_thousand_low
    end as population_thousand_low,
    case
        when population_count = sums.member_count then greatest(sums.population_thousand_high, groups.population_thousand)
        else remainder.population_thousand_high
    end as population_thousand_high,
    case when groups.military_personnel_thousand is not null
        then least(sums.military_personnel_thousand_low, groups.military_personnel_thousand) end as military_personnel_thousand_low,
    case when groups.military_personnel_thousand is not null
        then greatest(sums.military_personnel_thousand_high, groups.military_personnel_thousand) end as military_personnel_thousand_high
from sums
inner join stg_nato_group_year as groups
    on groups.edition_id = sums.edition_id
    and groups.group_code = sums.group_code
    and groups.year = sums.year
left join stg_nato_remainder as remainder
    on remainder.edition_id = sums.edition_id
    and remainder.group_code = sums.group_code
    and remainder.year = sums.year
