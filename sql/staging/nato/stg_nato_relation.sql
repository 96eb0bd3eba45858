/*
description: >-
  Every published figure beside what other published cells give for it, with the least and the most
  that their rounding allows. Shares are computed at constant prices only: at current prices they
  differ by up to 0.2 points. The relations are those of the seed.
grain: [edition_id, relation_id, price_basis, entity_code, year]
by_edition: alone
*/
with cells as (
    select
        edition_id,
        entity_code,
        year,
        price_basis,
        concat_ws(' ', case when repeats then 'repeated' end, measure, unit) as series,
        value,
        value - half_step as low,
        value + half_step as high,
        half_step
    from stg_nato_observation
),

shares_of_gdp as (
    select
        share.*,
        'share_of_gdp' as relation_id,
        100 * spent.value / gdp.value as computed_value,
        100 * spent.low / gdp.high as computed_low,
        100 * spent.high / gdp.low as computed_high
    from cells as share
    inner join cells as spent using (edition_id, entity_code, year, price_basis)
    inner join cells as gdp using (edition_id, entity_code, year, price_basis)
    where share.series = 'defence_share_of_gdp percent'
        and spent.series = 'defence_expenditure usd_m'
        and gdp.series = 'gdp usd_m'
),

real_growth as (
    select
        growth.*,
        case spent.series when 'defence_expenditure lcu_m' then 'real_growth_lcu' else 'real_growth_usd' end as relation_id,
        100 * (spent.value / before.value - 1) as computed_value,
        100 * (spent.low / before.high - 1) as computed_low,
        100 * (spent.high / before.low - 1) as computed_high
    from cells as growth
    inner join cells as spent using (edition_id, entity_code, year, price_basis)
    inner join cells as before using (edition_id, entity_code, price_basis)
    where growth.series = 'real_growth percent'
        and spent.series in ('defence_expenditure lcu_m', 'defence_expenditure usd_m')
        and before.series = spent.series
        and before.year = spent.year - 1
),

-- A sum is compared only where every member with armed forces (for GDP: every member) has a figure.
member_cells as (
    select
        members.group_code,
        members.entity_code,
        spine.edition_id,
        spine.year,
        wanted.series,
        wanted.price_basis,
        cells.value,
        cells.low,
        cells.high
    from dim_group_member as members
    inner join dim_ally as allies using (entity_code)
    inner join stg_nato_entity_year as spine
        on spine.entity_code = members.entity_code
        and spine.year >= members.first_year
        and spine.year <= coalesce(members.last_year, spine.year)
    cross join (select distinct series, price_basis from cells) as wanted
    left join cells
        on cells.edition_id = spine.edition_id
        and cells.entity_code = spine.entity_code
        and cells.year = spine.year
        and cells.series = wanted.series
        and cells.price_basis = wanted.price_basis
    where wanted.series in ('defence_expenditure usd_m', 'gdp usd_m', 'military_personnel thousand')
        and (allies.has_armed_forces or wanted.series = 'gdp usd_m')
),

sums as (
    select
        edition_id,
        group_code as entity_code,
        year,
        series,
        price_basis,
        sum(value) as computed_value,
        sum(low) as computed_low,
        sum(high) as computed_high
    from member_cells
    group by all
    having count(*) = count(value)
),

aggregates as (
    select
        total.*,
        case total.series
            when 'defence_expenditure usd_m' then 'aggregate_expenditure'
            when 'gdp usd_m' then 'aggregate_gdp'
            else 'aggregate_personnel'
        end as relation_id,
        sums.computed_value,
        sums.computed_low,
        sums.computed_high
    from cells as total
    inner join sums using (edition_id, entity_code, year, series, price_basis)
),

expenditure_per_capita as (
    select
        per_head.*,
        'expenditure_per_capita' as relation_id,
        1000 * spent.value / gdp.value * gdp_per_head.value as computed_value,
        1000 * spent.low / gdp.high * gdp_per_head.low as computed_low,
        1000 * spent.high / gdp.low * gdp_per_head.high as computed_high
    from cells as per_head
    inner join cells as spent using (edition_id, entity_code, year, price_basis)
    inner join cells as gdp using (edition_id, entity_code, year, price_basis)
    inner join cells as gdp_per_head using (edition_id, entity_code, year, price_basis)
    where per_head.series = 'defence_expenditure_per_capita usd'
        and spent.series = 'defence_expenditure usd_m'
        and gdp.series = 'gdp usd_m'
        and gdp_per_head.series = 'gdp_per_capita usd_thousand'
),

categories as (
    select
        equipment.edition_id,
        equipment.entity_code,
        equipment.year,
        equipment.price_basis,
        'categories' as series,
        100.0::double as value,
        100.0::double as low,
        100.0::double as high,
        0.0::double as half_step,
        'categories' as relation_id,
        equipment.value + personnel.value + infrastructure.value + other.value as computed_value,
        equipment.low + personnel.low + infrastructure.low + other.low as computed_low,
        equipment.high + personnel.high + infrastructure.high + other.high as computed_high
    from cells as equipment
    inner join cells as personnel using (edition_id, entity_code, year, price_basis)
    inner join cells as infrastructure using (edition_id, entity_code, year, price_basis)
    inner join cells as other using (edition_id, entity_code, year, price_basis)
    where equipment.series = 'equipment_share percent'
        and personnel.series = 'personnel_share percent'
        and infrastructure.series = 'infrastructure_share percent'
        and other.series = 'other_share percent'
),

repeated_figures as (
    select
        repeated.*,
        case repeated.series
            when 'repeated defence_expenditure usd_m' then 'table_4_expenditure'
            else 'table_4_share'
        end as relation_id,
        original.value as computed_value,
        original.low as computed_low,
        original.high as computed_high
    from cells as repeated
    inner join cells as original using (edition_id, entity_code, year, price_basis)
    where (repeated.series = 'repeated defence_expenditure usd_m' and original.series = 'defence_expenditure usd_m')
        or (repeated.series = 'repeated defence_share_of_gdp percent' and original.series = 'defence_share_of_gdp percent')
),

first_years as (
    select
        edition_id,
        min(year) as first_year
    from cells
    group by edition_id
),

changes_since_the_first_year as (
    select
        change.*,
        'table_4_change' as relation_id,
        100 * (spent.value / at_first.value - 1) as computed_value,
        100 * (spent.low / at_first.high - 1) as computed_low,
        100 * (spent.high / at_first.low - 1) as computed_high
    from cells as change
    inner join first_years using (edition_id)
    inner join cells as spent using (edition_id, entity_code, year, price_basis)
    inner join cells as at_first using (edition_id, entity_code, price_basis)
    where change.series = 'cumulative_real_growth percent'
        and spent.series = 'defence_expenditure usd_m'
        and at_first.series = spent.series
        and at_first.year = first_years.first_year
),

-- GDP per head of an aggregate: its members' GDP over the population that their own figures imply.
gdp_per_capita_sums as (
    select
        member.edition_id,
        member.group_code as entity_code,
        member.year,
        member.price_basis,
        sum(member.value) / sum(member.value / per_head.value) as computed_value,
        sum(member.low) / sum(member.high / per_head.low) as computed_low,
        sum(member.high) / sum(member.low / per_head.high) as computed_high
    from member_cells as member
    left join cells as per_head
        on per_head.edition_id = member.edition_id
        and per_head.entity_code = member.entity_code
        and per_head.year = member.year
        and per_head.price_basis = member.price_basis
        and per_head.series = 'gdp_per_capita usd_thousand'
    where member.series = 'gdp usd_m'
    group by all
    having count(*) = count(member.value / per_head.value)
),

aggregate_gdp_per_capita as (
    select
        per_head.*,
        'aggregate_gdp_per_capita' as relation_id,
        sums.computed_value,
        sums.computed_low,
        sums.computed_high
    from cells as per_head
    inner join gdp_per_capita_sums as sums using (edition_id, entity_code, year, price_basis)
    where per_head.series = 'gdp_per_capita usd_thousand'
),

-- In the base year, current and constant prices are the same prices.
base_year_prices as (
    select
        constant.*,
        case constant.series
            when 'defence_expenditure lcu_m' then 'base_year_lcu'
            when 'defence_expenditure usd_m' then 'base_year_usd'
            else 'base_year_gdp'
        end as relation_id,
        current.value as computed_value,
        current.low as computed_low,
        current.high as computed_high
    from cells as constant
    inner join cells as current using (edition_id, entity_code, year, series)
    inner join source_edition as editions
        on editions.edition_id = constant.edition_id and editions.price_base_year = constant.year
    where constant.price_basis = 'constant'
        and current.price_basis = 'current'
        and constant.series in ('defence_expenditure lcu_m', 'defence_expenditure usd_m', 'gdp usd_m')
),

-- The two aggregates differ by the United States, whoever else is missing.
aggregates_without_the_united_states as (
    select
        total.*,
        case total.series
            when 'defence_expenditure usd_m' then 'aggregates_differ_expenditure'
            when 'gdp usd_m' then 'aggregates_differ_gdp'
            else 'aggregates_differ_personnel'
        end as relation_id,
        europe_and_canada.value + united_states.value as computed_value,
        europe_and_canada.low + united_states.low as computed_low,
        europe_and_canada.high + united_states.high as computed_high
    from cells as total
    inner join cells as europe_and_canada using (edition_id, year, price_basis, series)
    inner join cells as united_states using (edition_id, year, price_basis, series)
    where total.entity_code = 'NATO_TOTAL'
        and europe_and_canada.entity_code = 'NATO_EUR_CAN'
        and united_states.entity_code = 'USA'
        and total.series in ('defence_expenditure usd_m', 'gdp usd_m', 'military_personnel thousand')
),

-- No year stands before the first, but each member's growth tells what it had spent then.
first_growth_sums as (
    select
        member.edition_id,
        member.group_code as entity_code,
        member.year,
        member.price_basis,
        100 * (sum(member.value) / sum(member.value / (1 + growth.value / 100)) - 1) as computed_value,
        100 * (sum(member.value) / sum(member.value / (1 + (growth.value - growth.half_step) / 100)) - 1) as computed_low,
        100 * (sum(member.value) / sum(member.value / (1 + (growth.value + growth.half_step) / 100)) - 1) as computed_high
    from member_cells as member
    inner join first_years
        on first_years.edition_id = member.edition_id and first_years.first_year = member.year
    left join cells as growth
        on growth.edition_id = member.edition_id
        and growth.entity_code = member.entity_code
        and growth.year = member.year
        and growth.price_basis = member.price_basis
        and growth.series = 'real_growth percent'
        and growth.value > -99
    where member.series = 'defence_expenditure usd_m' and member.price_basis = 'constant'
    group by all
    having count(*) = count(member.value / (1 + growth.value / 100))
),

first_growth as (
    select
        growth.*,
        'first_growth' as relation_id,
        sums.computed_value,
        sums.computed_low,
        sums.computed_high
    from cells as growth
    inner join first_growth_sums as sums using (edition_id, entity_code, year, price_basis)
    where growth.series = 'real_growth percent'
),

every_relation as (
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from shares_of_gdp
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from real_growth
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from aggregates
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from expenditure_per_capita
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from aggregate_gdp_per_capita
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from base_year_prices
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from categories
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from repeated_figures
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from aggregates_without_the_united_states
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from first_growth
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, value, low, high, half_step, computed_value, computed_low,
        computed_high
    from changes_since_the_first_year
)

select
    edition_id,
    relation_id,
    price_basis,
    entity_code,
    year,
    value as published_value,
    cast(half_step as double) as half_step,
    computed_value,
    computed_low,
    computed_high,
    -- The two intervals touch, or they lie this far apart.
    greatest(0, low - computed_high, computed_low - high) as deviation
from every_relation
