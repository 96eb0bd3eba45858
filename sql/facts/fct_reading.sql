/*
description: >-
  Every figure that a statement can be held against, on each of its readings, in the units in which people speak:
  percent, billions of dollars or euros, thousands of persons, dollars a head. The plain reading is what the figure
  means where nothing else is said - NATO's own aggregates and Allies as published, growth of a group that is computed
  here like for like, sums of dollars at current prices, shares of the Alliance's total at either prices.
grain: [edition_id, metric, unit, entity_code, year, reading]
by_edition: alone
*/
with growth as (
    select
        edition_id,
        case reading when 'national' then 'nominal_growth' else 'real_growth' end as metric,
        'percent' as unit,
        entity_code,
        year,
        reading,
        case reading
            when 'published' then true
            when 'recomputed' then real_growth_published_pct is null and like_for_like_growth_pct is null
            when 'like_for_like' then real_growth_published_pct is null
            else reading = 'national'
        end as is_plain_reading,
        case reading when 'national' then 'current' else 'constant' end as price_basis,
        price_base_year,
        case reading
            when 'published' then real_growth_published_pct
            when 'recomputed' then real_growth_pct
            when 'like_for_like' then like_for_like_growth_pct
            when 'this_years_members' then this_years_members_growth_pct
            else nominal_growth_lcu_pct
        end as figure,
        -- Rounded far behind the last printed digit: sums that are equal differ in their last bits.
        case reading
            when 'published' then round(1e9 * (real_growth_published_pct_high - real_growth_published_pct_low) / 2) / 1e9
            when 'national' then round(1e9 * (nominal_growth_lcu_pct_high - nominal_growth_lcu_pct_low) / 2) / 1e9
        end as figure_half_step
    from fct_growth
    cross join (
        values ('published'), ('recomputed'), ('like_for_like'), ('this_years_members'), ('national')
    ) as readings (reading)
),

group_cash_growth as (
    select
        edition_id,
        'nominal_growth' as metric,
        'percent' as unit,
        entity_code,
        year,
        'like_for_like' as reading,
        true as is_plain_reading,
        price_basis,
        price_base_year,
        like_for_like_growth_pct as figure,
        cast(null as double) as figure_half_step
    from fct_growth_since
    where measure = 'defence_expenditure' and price_basis = 'current' and base_year = year - 1
        and like_for_like_growth_pct is not null
),

shares as (
    select
        edition_id,
        measured.metric,
        case measured.metric when 'expenditure' then 'USD billion' else 'percent' end as unit,
        entity_code,
        year,
        price_basis as reading,
        measured.metric <> 'expenditure' or price_basis = 'current' as is_plain_reading,
        price_basis,
        price_base_year,
        case measured.metric
            when 'contribution_share' then share_of_total_pct
            when 'gdp_share' then share_of_alliance_gdp_pct
            else expenditure_usd_m / 1000.0
        end as figure,
        case measured.metric
            when 'contribution_share' then round(1e9 * (share_of_total_pct_high - share_of_total_pct_low) / 2) / 1e9
            when 'gdp_share' then round(1e9 * (share_of_alliance_gdp_pct_high - share_of_alliance_gdp_pct_low) / 2) / 1e9
        end as figure_half_step
    from fct_contribution_share
    cross join (values ('contribution_share'), ('gdp_share'), ('expenditure')) as measured (metric)
),

national as (
    select
        edition_id,
        'expenditure' as metric,
        'EUR billion' as unit,
        entity_code,
        year,
        'national' as reading,
        true as is_plain_reading,
        price_basis,
        price_base_year,
        value / 1000.0 as figure,
        half_step / 1000.0 as figure_half_step
    from stg_nato_observation
    where measure = 'defence_expenditure' and price_basis = 'current' and currency_code = 'EUR' and not repeats
),

as_published as (
    select
        edition_id,
        case measure when 'military_personnel' then 'personnel' else measure end as metric,
        case measure when 'military_personnel' then 'thousand persons' else 'percent' end as unit,
        entity_code,
        year,
        'published' as reading,
        true as is_plain_reading,
        price_basis,
        price_base_year,
        value as figure,
        half_step as figure_half_step
    from stg_nato_observation
    where not repeats
        and measure in (
            'defence_share_of_gdp', 'military_personnel', 'equipment_share', 'personnel_share', 'infrastructure_share',
            'other_share'
        )
),

shares_of_gdp as (
    select
        recomputed.edition_id,
        'defence_share_of_gdp' as metric,
        'percent' as unit,
        recomputed.entity_code,
        recomputed.year,
        'recomputed' as reading,
        published.value is null as is_plain_reading,
        recomputed.price_basis,
        recomputed.price_base_year,
        case
            when gdp_source = 'published' or published.value is null
                then 100 * cast(expenditure_usd_m as double) / gdp_usd_m
        end as figure,
        cast(null as double) as figure_half_step
    from fct_contribution_share as recomputed
    left join stg_nato_observation as published
        on published.edition_id = recomputed.edition_id
        and published.entity_code = recomputed.entity_code
        and published.year = recomputed.year
        and published.measure = 'defence_share_of_gdp'
        and not published.repeats
    where recomputed.price_basis = 'constant'
),

group_categories as (
    select
        categories.edition_id,
        concat(categories.category, '_share') as metric,
        'percent' as unit,
        categories.entity_code,
        categories.year,
        categories.price_basis as reading,
        true as is_plain_reading,
        categories.price_basis,
        categories.price_base_year,
        categories.category_share_pct as figure,
        cast(null as double) as figure_half_step
    from fct_category as categories
    inner join dim_entity as entities using (entity_code)
    where entities.entity_kind <> 'ally'
),

per_head as (
    select
        heads.edition_id,
        'expenditure_per_head' as metric,
        'USD per head' as unit,
        heads.entity_code,
        heads.year,
        case when spent.price_basis = 'current' then 'current' else 'published' end as reading,
        true as is_plain_reading,
        spent.price_basis,
        spent.price_base_year,
        case when spent.price_basis = 'current'
            then 1000.0 * spent.expenditure_usd_m / heads.population_thousand
            else heads.expenditure_per_capita_usd
        end as figure,
        cast(null as double) as figure_half_step
    from fct_burden_per_head as heads
    inner join fct_contribution_share as spent
        on spent.edition_id = heads.edition_id and spent.entity_code = heads.entity_code and spent.year = heads.year
),

readings as (
    select
        edition_id, metric, unit, entity_code, year, reading, is_plain_reading, price_basis, price_base_year, figure,
        figure_half_step
    from growth
    union all
    select
        edition_id, metric, unit, entity_code, year, reading, is_plain_reading, price_basis, price_base_year, figure,
        figure_half_step
    from group_cash_growth
    union all
    select
        edition_id, metric, unit, entity_code, year, reading, is_plain_reading, price_basis, price_base_year, figure,
        figure_half_step
    from shares
    union all
    select
        edition_id, metric, unit, entity_code, year, reading, is_plain_reading, price_basis, price_base_year, figure,
        figure_half_step
    from national
    union all
    select
        edition_id, metric, unit, entity_code, year, reading, is_plain_reading, price_basis, price_base_year, figure,
        figure_half_step
    from as_published
    union all
    select
        edition_id, metric, unit, entity_code, year, reading, is_plain_reading, price_basis, price_base_year, figure,
        figure_half_step
    from shares_of_gdp
    union all
    select
        edition_id, metric, unit, entity_code, year, reading, is_plain_reading, price_basis, price_base_year, figure,
        figure_half_step
    from group_categories
    union all
    select
        edition_id, metric, unit, entity_code, year, reading, is_plain_reading, price_basis, price_base_year, figure,
        figure_half_step
    from per_head
),

-- An aggregate over a member without a figure is published and still not the whole.
missing as (
    select
        members.group_code as entity_code,
        given.edition_id,
        given.metric,
        given.year,
        count(*) as missing_members
    from (select distinct edition_id, metric, year from readings where metric = 'personnel') as given
    inner join dim_group_member as members
        on given.year between members.first_year and coalesce(members.last_year, given.year)
    inner join dim_ally as allies on allies.entity_code = members.entity_code and allies.has_armed_forces
    left join readings as own
        on own.edition_id = given.edition_id and own.metric = given.metric and own.year = given.year
        and own.entity_code = members.entity_code
    where own.figure is null
    group by members.group_code, given.edition_id, given.metric, given.year
)

select
    readings.edition_id,
    readings.metric,
    readings.unit,
    readings.entity_code,
    readings.year,
    readings.reading,
    readings.is_plain_reading,
    readings.price_basis,
    readings.price_base_year,
    cast(readings.figure as double) as figure,
    cast(readings.figure_half_step as double) as figure_half_step,
    coalesce(missing.missing_members, 0) > 0 as leaves_out_members
from readings
left join missing using (edition_id, metric, year, entity_code)
where readings.figure is not null
