/*
description: >-
  What each Ally, aggregate and computed group carries of NATO Total, at current and at constant prices,
  beside its share of the Alliance's GDP, population and military personnel. Only members of the year
  count. Nothing is a share of an aggregate that leaves out a member, and a group is not added up over a
  member whose figure is missing. Where an edition has no GDP table, GDP at constant prices is constant expenditure over the
  published share of GDP, marked as derived.
grain: [edition_id, entity_code, year, price_basis]
by_edition: alone
audits: [shares_of_members_add_to_100, known_shares_belong_together]
as_of: {holds: [share_of_total_pct], together: [year, price_basis]}
*/
with figures as (
    select
        edition_id,
        entity_code,
        year,
        is_estimate,
        is_member,
        price_base_year,
        expenditure_current_usd_m,
        expenditure_constant_usd_m,
        gdp_current_usd_m,
        gdp_constant_usd_m,
        100 * cast(expenditure_constant_usd_m as double) / nullif(defence_share_of_gdp_pct, 0) as gdp_derived_usd_m,
        military_personnel_thousand,
        cast(gdp_constant_usd_m as double) / gdp_per_capita_usd_thousand as population_thousand,
        is_partial,
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
        expenditure_current_usd_m,
        expenditure_constant_usd_m,
        gdp_current_usd_m,
        gdp_constant_usd_m,
        gdp_derived_usd_m,
        military_personnel_thousand,
        population_thousand,
        false as is_partial,
        is_computed
    from stg_nato_group_year
    where is_computed
),

bases as (
    select
        edition_id,
        entity_code,
        year,
        is_estimate,
        is_member,
        price_base_year,
        military_personnel_thousand,
        population_thousand,
        is_partial,
        is_computed,
        'current' as price_basis,
        expenditure_current_usd_m as expenditure_usd_m,
        gdp_current_usd_m as gdp_published_usd_m,
        null as gdp_derived_usd_m
    from figures
    union all
    select
        edition_id,
        entity_code,
        year,
        is_estimate,
        is_member,
        price_base_year,
        military_personnel_thousand,
        population_thousand,
        is_partial,
        is_computed,
        'constant' as price_basis,
        expenditure_constant_usd_m as expenditure_usd_m,
        gdp_constant_usd_m as gdp_published_usd_m,
        gdp_derived_usd_m
    from figures
),

-- An edition either has a GDP table or has not: a share never mixes published and derived GDP.
editions as (
    select
        edition_id,
        price_basis,
        count(expenditure_usd_m) > 0 as has_expenditure,
        count(gdp_published_usd_m) > 0 as has_gdp
    from bases
    group by edition_id, price_basis
),

chosen as (
    select
        bases.*,
        editions.has_expenditure,
        case when editions.has_gdp then gdp_published_usd_m else gdp_derived_usd_m end as gdp_usd_m,
        case when editions.has_gdp then 'published' else 'derived' end as gdp_source
    from bases
    inner join editions using (edition_id, price_basis)
),

totals as (
    select
        edition_id,
        year,
        price_basis,
        expenditure_usd_m as total_expenditure_usd_m,
        gdp_usd_m as alliance_gdp_usd_m,
        military_personnel_thousand as alliance_personnel_thousand,
        population_thousand as alliance_population_thousand
    from chosen
    where entity_code = 'NATO_TOTAL'
),

shares as (
    select
        chosen.*,
        totals.total_expenditure_usd_m,
        totals.alliance_gdp_usd_m,
        case when is_member then 100 * (cast(expenditure_usd_m as double) / total_expenditure_usd_m) end
            as share_of_total_pct,
        case when is_member then 100 * (cast(gdp_usd_m as double) / alliance_gdp_usd_m) end
            as share_of_alliance_gdp_pct,
        case when is_member then 100 * (cast(population_thousand as double) / alliance_population_thousand) end
            as share_of_alliance_population_pct,
        case when is_member then 100 * (cast(military_personnel_thousand as double) / alliance_personnel_thousand) end
            as share_of_alliance_personnel_pct
    from chosen
    left join totals using (edition_id, year, price_basis)
),

gaps as (
    select
        *,
        share_of_total_pct - share_of_alliance_gdp_pct as burden_gap_pp
    from shares
),

-- The least and the most of what shares are made of, chosen as the figures are.
bounds as (
    select
        ranges.edition_id,
        ranges.entity_code,
        ranges.year,
        editions.price_basis,
        case
            when editions.price_basis = 'current' then expenditure_current_usd_m_low
            else expenditure_constant_usd_m_low
        end as expenditure_low,
        case
            when editions.price_basis = 'current' then gdp_current_usd_m_low
            when editions.has_gdp then gdp_constant_usd_m_low
            else gdp_derived_usd_m_low
        end as gdp_low,
        population_thousand_low as population_low,
        military_personnel_thousand_low as military_personnel_low,
        case
            when editions.price_basis = 'current' then expenditure_current_usd_m_high
            else expenditure_constant_usd_m_high
        end as expenditure_high,
        case
            when editions.price_basis = 'current' then gdp_current_usd_m_high
            when editions.has_gdp then gdp_constant_usd_m_high
            else gdp_derived_usd_m_high
        end as gdp_high,
        population_thousand_high as population_high,
        military_personnel_thousand_high as military_personnel_high
    from stg_nato_range as ranges
    inner join editions on editions.edition_id = ranges.edition_id
),

-- The least of a share is the least of its part over the most of the whole; the whole is all of itself.
sides as (
    select
        gaps.*,
        own.expenditure_low as own_expenditure_low,
        own.expenditure_high as own_expenditure_high,
        own.gdp_low as own_gdp_low,
        own.gdp_high as own_gdp_high,
        own.population_low as own_population_low,
        own.population_high as own_population_high,
        own.military_personnel_low as own_military_personnel_low,
        own.military_personnel_high as own_military_personnel_high,
        total.expenditure_low as total_expenditure_low,
        total.expenditure_high as total_expenditure_high,
        total.gdp_low as total_gdp_low,
        total.gdp_high as total_gdp_high,
        total.population_low as total_population_low,
        total.population_high as total_population_high,
        total.military_personnel_low as total_military_personnel_low,
        total.military_personnel_high as total_military_personnel_high
    from gaps
    left join bounds as own using (edition_id, entity_code, year, price_basis)
    left join bounds as total
        on total.edition_id = gaps.edition_id
        and total.entity_code = 'NATO_TOTAL'
        and total.year = gaps.year
        and total.price_basis = gaps.price_basis
),

ranges as (
    select
        *,
        case
            when share_of_total_pct is null or entity_code = 'NATO_TOTAL' then share_of_total_pct
            else least(100, 100 * (cast(own_expenditure_low as double) / nullif(total_expenditure_high, 0)))
        end as share_of_total_pct_low,
        case
            when share_of_total_pct is null or entity_code = 'NATO_TOTAL' then share_of_total_pct
            else least(100, 100 * (cast(own_expenditure_high as double) / nullif(total_expenditure_low, 0)))
        end as share_of_total_pct_high,
        case
            when share_of_alliance_gdp_pct is null or entity_code = 'NATO_TOTAL' then share_of_alliance_gdp_pct
            else least(100, 100 * (cast(own_gdp_low as double) / nullif(total_gdp_high, 0)))
        end as share_of_alliance_gdp_pct_low,
        case
            when share_of_alliance_gdp_pct is null or entity_code = 'NATO_TOTAL' then share_of_alliance_gdp_pct
            else least(100, 100 * (cast(own_gdp_high as double) / nullif(total_gdp_low, 0)))
        end as share_of_alliance_gdp_pct_high,
        case
            when share_of_alliance_population_pct is null or entity_code = 'NATO_TOTAL' then share_of_alliance_population_pct
            else least(100, 100 * (cast(own_population_low as double) / nullif(total_population_high, 0)))
        end as share_of_alliance_population_pct_low,
        case
            when share_of_alliance_population_pct is null or entity_code = 'NATO_TOTAL' then share_of_alliance_population_pct
            else least(100, 100 * (cast(own_population_high as double) / nullif(total_population_low, 0)))
        end as share_of_alliance_population_pct_high,
        case
            when share_of_alliance_personnel_pct is null or entity_code = 'NATO_TOTAL' then share_of_alliance_personnel_pct
            else least(100, 100 * (cast(own_military_personnel_low as double) / nullif(total_military_personnel_high, 0)))
        end as share_of_alliance_personnel_pct_low,
        case
            when share_of_alliance_personnel_pct is null or entity_code = 'NATO_TOTAL' then share_of_alliance_personnel_pct
            else least(100, 100 * (cast(own_military_personnel_high as double) / nullif(total_military_personnel_low, 0)))
        end as share_of_alliance_personnel_pct_high
    from sides
)

select
    edition_id,
    entity_code,
    year,
    price_basis,
    is_estimate,
    is_member,
    price_base_year,
    expenditure_usd_m,
    total_expenditure_usd_m,
    share_of_total_pct,
    gdp_usd_m,
    alliance_gdp_usd_m,
    case when gdp_usd_m is not null then gdp_source end as gdp_source,
    share_of_alliance_gdp_pct,
    burden_gap_pp,
    burden_gap_pp - first_value(burden_gap_pp) over (
        partition by edition_id, entity_code, price_basis order by year range between 1 preceding and 1 preceding
    ) as burden_gap_change_pp,
    share_of_alliance_population_pct,
    share_of_alliance_personnel_pct,
    case
        when not is_member then 'not_a_member'
        when not has_expenditure then 'no_dollars_held'
        when expenditure_usd_m is null and is_partial then 'aggregate_leaves_out_members'
        when expenditure_usd_m is not null and total_expenditure_usd_m is null then 'aggregate_leaves_out_members'
        when share_of_total_pct is null and is_computed then 'member_figure_missing'
        when share_of_total_pct is null then 'no_expenditure'
        when share_of_alliance_gdp_pct is null then 'no_gdp_held'
    end as null_reason_code,
    share_of_total_pct_low,
    share_of_total_pct_high,
    share_of_alliance_gdp_pct_low,
    share_of_alliance_gdp_pct_high,
    share_of_total_pct_low - share_of_alliance_gdp_pct_high as burden_gap_pp_low,
    share_of_total_pct_high - share_of_alliance_gdp_pct_low as burden_gap_pp_high,
    share_of_alliance_population_pct_low,
    share_of_alliance_population_pct_high,
    share_of_alliance_personnel_pct_low,
    share_of_alliance_personnel_pct_high
from ranges
