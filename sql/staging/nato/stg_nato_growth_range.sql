/*
description: >-
  The least and the most that growth can be within the rounding of what it is computed from - the least of this year
  over the most of the year before, and the other way round. Sums of members take the rounding of all of them.
grain: [edition_id, entity_code, year]
by_edition: alone
*/
with figures as (
    select
        *,
        first_value(expenditure_current_lcu_m_low) over year_before as current_lcu_before_low,
        first_value(expenditure_current_lcu_m_high) over year_before as current_lcu_before_high,
        first_value(expenditure_current_usd_m_low) over year_before as current_usd_before_low,
        first_value(expenditure_current_usd_m_high) over year_before as current_usd_before_high,
        first_value(expenditure_constant_usd_m_low) over year_before as constant_usd_before_low,
        first_value(expenditure_constant_usd_m_high) over year_before as constant_usd_before_high,
        first_value(gdp_constant_usd_m_low) over year_before as gdp_before_low,
        first_value(gdp_constant_usd_m_high) over year_before as gdp_before_high,
        first_value(defence_share_of_gdp_pct_low) over year_before as share_before_low,
        first_value(defence_share_of_gdp_pct_high) over year_before as share_before_high,
        first_value(expenditure_constant_usd_m_low) over by_year as constant_usd_first_low,
        first_value(expenditure_constant_usd_m_high) over by_year as constant_usd_first_high,
        year - first_value(year) over by_year as years_since_first,
        count(expenditure_constant_usd_m_low) over (partition by edition_id) > 0 as edition_has_dollars,
        count(gdp_constant_usd_m_low) over (partition by edition_id) > 0 as edition_has_gdp
    from stg_nato_range
    window
        by_year as (partition by edition_id, entity_code order by year),
        year_before as (
            partition by edition_id, entity_code order by year range between 1 preceding and 1 preceding
        )
),

-- As in fct_growth: the first year's change compares with a year before the edition.
with_growth as (
    select
        *,
        100 * (cast(expenditure_current_lcu_m_low as double) / nullif(current_lcu_before_high, 0) - 1) as nominal_growth_lcu_pct_low,
        100 * (cast(expenditure_current_lcu_m_high as double) / nullif(current_lcu_before_low, 0) - 1) as nominal_growth_lcu_pct_high,
        100 * (cast(expenditure_current_usd_m_low as double) / nullif(current_usd_before_high, 0) - 1) as nominal_growth_usd_pct_low,
        100 * (cast(expenditure_current_usd_m_high as double) / nullif(current_usd_before_low, 0) - 1) as nominal_growth_usd_pct_high,
        100 * (cast(expenditure_constant_usd_m_low as double) / nullif(constant_usd_before_high, 0) - 1) as real_growth_pct_low,
        100 * (cast(expenditure_constant_usd_m_high as double) / nullif(constant_usd_before_low, 0) - 1) as real_growth_pct_high,
        exp(
            sum(ln(greatest(1 + cast(real_growth_published_pct_low as double) / 100, 1e-300)))
                filter (years_since_first > 0 and real_growth_published_pct_low is not null) over so_far
        ) as chained_ratio_low,
        exp(
            sum(ln(greatest(1 + cast(real_growth_published_pct_high as double) / 100, 1e-300)))
                filter (years_since_first > 0 and real_growth_published_pct_high is not null) over so_far
        ) as chained_ratio_high,
        count(real_growth_published_pct_low) filter (years_since_first > 0) over so_far as changes_so_far
    from figures
    window so_far as (partition by edition_id, entity_code order by year)
),

entities as (
    select
        *,
        -- The first year is its own measure, wherever it lies within its rounding.
        case
            when years_since_first = 0 and edition_has_dollars
                then cast(expenditure_constant_usd_m_low as double) / nullif(expenditure_constant_usd_m_low, 0)
            when years_since_first = 0 and real_growth_published_pct_low is not null then 1
            when edition_has_dollars then cast(expenditure_constant_usd_m_low as double) / nullif(constant_usd_first_high, 0)
            when years_since_first = changes_so_far then chained_ratio_low
        end as ratio_low,
        case
            when years_since_first = 0 and edition_has_dollars
                then cast(expenditure_constant_usd_m_high as double) / nullif(expenditure_constant_usd_m_high, 0)
            when years_since_first = 0 and real_growth_published_pct_high is not null then 1
            when edition_has_dollars then cast(expenditure_constant_usd_m_high as double) / nullif(constant_usd_first_low, 0)
            when years_since_first = changes_so_far then chained_ratio_high
        end as ratio_high,
        case
            when edition_has_gdp then 100 * (cast(gdp_constant_usd_m_low as double) / nullif(gdp_before_high, 0) - 1)
            else
                100 * (
                    (1 + coalesce(real_growth_published_pct_low, real_growth_pct_low) / 100)
                    * cast(share_before_low as double) / nullif(defence_share_of_gdp_pct_high, 0) - 1
                )
        end as gdp_real_growth_pct_low,
        case
            when edition_has_gdp then 100 * (cast(gdp_constant_usd_m_high as double) / nullif(gdp_before_low, 0) - 1)
            else
                100 * (
                    (1 + coalesce(real_growth_published_pct_high, real_growth_pct_high) / 100)
                    * cast(share_before_high as double) / nullif(defence_share_of_gdp_pct_low, 0) - 1
                )
        end as gdp_real_growth_pct_high
    from with_growth
),

memberships as (
    select
        members.group_code,
        figures.*,
        figures.year >= members.first_year and figures.year <= coalesce(members.last_year, figures.year) as is_in,
        figures.year > members.first_year and figures.year - 1 <= coalesce(members.last_year, figures.year) as was_in
    from dim_group_member as members
    inner join figures using (entity_code)
),

sums as (
    select
        edition_id,
        group_code,
        year,
        sum(expenditure_constant_usd_m_low) filter (is_in and was_in) as stayers_now_low,
        sum(expenditure_constant_usd_m_high) filter (is_in and was_in) as stayers_now_high,
        sum(constant_usd_before_low) filter (is_in and was_in) as stayers_before_low,
        sum(constant_usd_before_high) filter (is_in and was_in) as stayers_before_high,
        sum(expenditure_constant_usd_m_low) filter (is_in) as members_now_low,
        sum(expenditure_constant_usd_m_high) filter (is_in) as members_now_high,
        sum(constant_usd_before_low) filter (is_in) as members_before_low,
        sum(constant_usd_before_high) filter (is_in) as members_before_high
    from memberships
    group by edition_id, group_code, year
)

select
    entities.edition_id,
    entities.entity_code,
    entities.year,
    entities.nominal_growth_lcu_pct_low,
    entities.nominal_growth_lcu_pct_high,
    entities.nominal_growth_usd_pct_low,
    entities.nominal_growth_usd_pct_high,
    entities.real_growth_published_pct_low,
    entities.real_growth_published_pct_high,
    entities.real_growth_pct_low,
    entities.real_growth_pct_high,
    100 * (ratio_low - 1) as cumulative_real_growth_pct_low,
    100 * (ratio_high - 1) as cumulative_real_growth_pct_high,
    case
        when years_since_first > 0
            then 100 * (pow(ratio_low, 1 / cast(years_since_first as double)) - 1)
    end as average_real_growth_pct_low,
    case
        when years_since_first > 0
            then 100 * (pow(ratio_high, 1 / cast(years_since_first as double)) - 1)
    end as average_real_growth_pct_high,
    case
        when groups.like_for_like_growth_pct is not null
            then least(
                100 * (cast(sums.stayers_now_low as double) / nullif(sums.stayers_before_high, 0) - 1), groups.like_for_like_growth_pct
            )
    end as like_for_like_growth_pct_low,
    case
        when groups.like_for_like_growth_pct is not null
            then greatest(
                100 * (cast(sums.stayers_now_high as double) / nullif(sums.stayers_before_low, 0) - 1), groups.like_for_like_growth_pct
            )
    end as like_for_like_growth_pct_high,
    case
        when groups.this_years_members_growth_pct is not null
            then least(
                100 * (cast(sums.members_now_low as double) / nullif(sums.members_before_high, 0) - 1), groups.this_years_members_growth_pct
            )
    end as this_years_members_growth_pct_low,
    case
        when groups.this_years_members_growth_pct is not null
            then greatest(
                100 * (cast(sums.members_now_high as double) / nullif(sums.members_before_low, 0) - 1), groups.this_years_members_growth_pct
            )
    end as this_years_members_growth_pct_high,
    entities.gdp_real_growth_pct_low,
    entities.gdp_real_growth_pct_high
from entities
left join sums
    on sums.edition_id = entities.edition_id
    and sums.group_code = entities.entity_code
    and sums.year = entities.year
left join stg_nato_group_year as groups
    on groups.edition_id = entities.edition_id
    and groups.group_code = entities.entity_code
    and groups.year = entities.year
