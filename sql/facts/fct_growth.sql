/*
description: >-
  Growth of defence expenditure for each Ally, aggregate and computed group: nominal, real as published,
  real as recomputed from constant prices, and since the edition's first year. An aggregate's published
  growth mixes growth with accession, so for groups it stands beside the growth of the members of both
  years and of this year's members in both years, undecided where a member's figure is missing. growth_pct and
  what follows it is the plain reading - as published, and of a group that is computed here like for like;
  fct_growth_since tells growth since any other year. Where an edition has yearly changes but no dollars,
  cumulative growth is chained from the changes, and growth of GDP derived from change and share.
grain: [edition_id, entity_code, year]
by_edition: alone
audits: [growth_residual_is_rounding, known_growth_belongs_together]
as_of:
  holds: [real_growth_published_pct, real_growth_pct]
  blocks:
    dollars: [expenditure_constant_usd_m, price_base_year]
    like_for_like:
      - like_for_like_growth_pct
      - like_for_like_growth_pct_low
      - like_for_like_growth_pct_high
      - this_years_members_growth_pct
      - this_years_members_growth_pct_low
      - this_years_members_growth_pct_high
      - accession_effect_pp
*/
with figures as (
    select
        edition_id,
        entity_code,
        year,
        is_estimate,
        is_member,
        price_base_year,
        expenditure_current_lcu_m,
        expenditure_current_usd_m,
        expenditure_constant_usd_m,
        real_growth_published_pct,
        gdp_constant_usd_m,
        defence_share_of_gdp_pct,
        false as is_computed
    from stg_nato_whole_figure
    union all
    select
        edition_id,
        group_code as entity_code,
        year,
        is_estimate,
        true as is_member,
        price_base_year,
        null as expenditure_current_lcu_m,
        expenditure_current_usd_m,
        expenditure_constant_usd_m,
        null as real_growth_published_pct,
        gdp_constant_usd_m,
        100 * cast(expenditure_constant_usd_m as double) / gdp_derived_usd_m as defence_share_of_gdp_pct,
        is_computed
    from stg_nato_group_year
    where is_computed
),

-- A group may have years without a member: what stands one row above need not be the year before.
with_year_before as (
    select
        *,
        first_value(expenditure_current_lcu_m) over year_before as current_lcu_before,
        first_value(expenditure_current_usd_m) over year_before as current_usd_before,
        first_value(expenditure_constant_usd_m) over year_before as constant_usd_before,
        first_value(expenditure_constant_usd_m) over by_year as constant_usd_first,
        first_value(gdp_constant_usd_m) over year_before as gdp_before,
        first_value(defence_share_of_gdp_pct) over year_before as share_before,
        count(year) over year_before > 0 as has_year_before,
        min(year) over (partition by edition_id) as edition_first_year,
        year - first_value(year) over by_year as years_since_first,
        count(expenditure_constant_usd_m) over (partition by edition_id) > 0 as edition_has_dollars,
        count(gdp_constant_usd_m) over (partition by edition_id) > 0 as edition_has_gdp
    from figures
    window
        by_year as (partition by edition_id, entity_code order by year),
        year_before as (
            partition by edition_id, entity_code order by year range between 1 preceding and 1 preceding
        )
),

-- The first year's change compares with a year before the edition, so chaining starts after it. A product is
-- the exponential of added logarithms; 1e-300 stands for a ratio of 0, which has none.
with_chain as (
    select
        *,
        exp(
            sum(ln(greatest(1 + cast(real_growth_published_pct as double) / 100, 1e-300)))
                filter (years_since_first > 0 and real_growth_published_pct is not null) over so_far
        ) as chained_ratio,
        count(real_growth_published_pct) filter (years_since_first > 0) over so_far as changes_so_far
    from with_year_before
    window so_far as (partition by edition_id, entity_code order by year)
),

with_ratios as (
    select
        *,
        100 * (cast(expenditure_constant_usd_m as double) / constant_usd_before - 1) as real_growth_pct,
        case
            when edition_has_dollars then cast(expenditure_constant_usd_m as double) / constant_usd_first
            when years_since_first = 0 and real_growth_published_pct is not null then 1
            when years_since_first > 0 and changes_so_far = years_since_first then chained_ratio
        end as ratio_to_first,
        case
            when edition_has_gdp then 100 * (cast(gdp_constant_usd_m as double) / gdp_before - 1)
            else
                100 * (
                    (1 + coalesce(
                        real_growth_published_pct,
                        100 * (cast(expenditure_constant_usd_m as double) / constant_usd_before - 1)
                    ) / 100)
                    * cast(share_before as double) / nullif(defence_share_of_gdp_pct, 0) - 1
                )
        end as gdp_real_growth_pct
    from with_chain
)

select
    ratios.edition_id,
    ratios.entity_code,
    ratios.year,
    ratios.is_estimate,
    ratios.is_member,
    ratios.price_base_year,
    100 * (cast(ratios.expenditure_current_lcu_m as double) / current_lcu_before - 1) as nominal_growth_lcu_pct,
    100 * (cast(ratios.expenditure_current_usd_m as double) / current_usd_before - 1) as nominal_growth_usd_pct,
    ratios.real_growth_published_pct,
    ratios.real_growth_pct,
    100 * (ratio_to_first - 1) as cumulative_real_growth_pct,
    case
        when years_since_first > 0
            then 100 * (pow(ratio_to_first, 1 / cast(years_since_first as double)) - 1)
    end as average_real_growth_pct,
    case
        when ratio_to_first is null then null
        when edition_has_dollars then 'constant prices'
        else 'chained yearly changes'
    end as cumulative_growth_source,
    case
        when ratios.is_computed then 'like for like'
        when groups.group_code is not null then 'as published'
        else 'own figures'
    end as growth_basis,
    case
        when ratios.is_computed then groups.like_for_like_growth_pct
        else coalesce(ratios.real_growth_published_pct, ratios.real_growth_pct)
    end as growth_pct,
    100 * (
        case when ratios.is_computed and years_since_first > 0
            then cast(since_first.like_for_like_amount as double) / nullif(since_first.like_for_like_base_amount, 0)
            else ratio_to_first end - 1
    ) as cumulative_growth_pct,
    case
        when years_since_first > 0 then 100 * (
            pow(
                case when ratios.is_computed
                    then cast(since_first.like_for_like_amount as double)
                        / nullif(since_first.like_for_like_base_amount, 0)
                    else ratio_to_first end,
                1 / cast(years_since_first as double)
            ) - 1
        )
    end as average_growth_pct,
    case
        when ratios.is_computed
            then 100 * (cast(gdp.like_for_like_amount as double) / nullif(gdp.like_for_like_base_amount, 0) - 1)
        else ratios.gdp_real_growth_pct
    end as gdp_growth_pct,
    100 * (cast(since_first.like_for_like_amount as double) / nullif(since_first.like_for_like_base_amount, 0) - 1)
        as cumulative_like_for_like_growth_pct,
    case
        when years_since_first > 0 then 100 * (
            pow(
                cast(since_first.like_for_like_amount as double) / nullif(since_first.like_for_like_base_amount, 0),
                1 / cast(years_since_first as double)
            ) - 1
        )
    end as average_like_for_like_growth_pct,
    100 * (cast(gdp.like_for_like_amount as double) / nullif(gdp.like_for_like_base_amount, 0) - 1)
        as gdp_like_for_like_growth_pct,
    groups.like_for_like_growth_pct,
    groups.this_years_members_growth_pct,
    groups.members_growth_pct - groups.like_for_like_growth_pct as accession_effect_pp,
    coalesce(ratios.real_growth_published_pct, ratios.real_growth_pct) - groups.members_growth_pct
        as rounding_residual_pp,
    ratios.gdp_real_growth_pct,
    case
        when ratios.gdp_real_growth_pct is null then null
        when edition_has_gdp then 'published'
        else 'derived'
    end as gdp_growth_source,
    ratios.expenditure_constant_usd_m,
    ranges.nominal_growth_lcu_pct_low,
    ranges.nominal_growth_lcu_pct_high,
    ranges.nominal_growth_usd_pct_low,
    ranges.nominal_growth_usd_pct_high,
    ranges.real_growth_published_pct_low,
    ranges.real_growth_published_pct_high,
    ranges.real_growth_pct_low,
    ranges.real_growth_pct_high,
    ranges.cumulative_real_growth_pct_low,
    ranges.cumulative_real_growth_pct_high,
    ranges.average_real_growth_pct_low,
    ranges.average_real_growth_pct_high,
    ranges.like_for_like_growth_pct_low,
    ranges.like_for_like_growth_pct_high,
    ranges.this_years_members_growth_pct_low,
    ranges.this_years_members_growth_pct_high,
    ranges.gdp_real_growth_pct_low,
    ranges.gdp_real_growth_pct_high,
    case
        when groups.member_count is not null and has_year_before and edition_has_dollars
            and groups.like_for_like_growth_pct is null
            then 'member_figure_missing'
        when ratios.real_growth_pct is not null then null
        when not edition_has_dollars and ratios.real_growth_published_pct is not null
            then 'growth_as_published_only'
        when not edition_has_dollars then 'no_dollars_held'
        when not has_year_before and ratios.is_computed and ratios.year > edition_first_year then 'no_members_before'
        when not has_year_before then 'no_year_before'
        else 'no_expenditure_in_either_year'
    end as null_reason_code
from with_ratios as ratios
left join stg_nato_group_year as groups
    on groups.edition_id = ratios.edition_id
    and groups.group_code = ratios.entity_code
    and groups.year = ratios.year
left join stg_nato_growth_range as ranges
    on ranges.edition_id = ratios.edition_id
    and ranges.entity_code = ratios.entity_code
    and ranges.year = ratios.year
left join stg_nato_group_change as since_first
    on since_first.edition_id = ratios.edition_id
    and since_first.group_code = ratios.entity_code
    and since_first.measure = 'defence_expenditure'
    and since_first.price_basis = 'constant'
    and since_first.base_year = ratios.year - ratios.years_since_first
    and since_first.year = ratios.year
left join stg_nato_group_change as gdp
    on gdp.edition_id = ratios.edition_id
    and gdp.group_code = ratios.entity_code
    and gdp.measure = 'gdp'
    and gdp.price_basis = 'constant'
    and gdp.base_year = ratios.year - 1
    and gdp.year = ratios.year
