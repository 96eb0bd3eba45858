/*
description: >-
  Published figures beside what other published cells allow for them, where they give no exact figure -
  shares of GDP at current prices, exchange rates, deflators, and the change from one year to the next.
  Deviations are what lies beyond the rounding of both sides. The relations are those of the seed.
grain: [edition_id, relation_id, price_basis, entity_code, year]
by_edition: alone
*/
with cells as (
    select
        observed.edition_id,
        observed.entity_code,
        observed.year,
        observed.price_basis,
        observed.currency_code,
        concat_ws(' ', observed.measure, observed.unit) as series,
        groups.entity_code is not null as is_aggregate,
        observed.value,
        greatest(observed.value - observed.half_step, 1e-9) as low,
        observed.value + observed.half_step as high,
        observed.half_step
    from stg_nato_observation as observed
    left join seed_entity as groups
        on groups.entity_code = observed.entity_code and groups.published_by = 'nato'
    where not observed.repeats
        and (observed.value > 0 or observed.measure = 'real_growth')
),

shares_at_current_prices as (
    select
        share.edition_id,
        'share_of_gdp_current' as relation_id,
        share.price_basis,
        share.entity_code,
        share.year,
        share.value as published_value,
        share.half_step,
        100 * spent.value / gdp.value as computed_value,
        100 * spent.low / gdp.high as computed_low,
        100 * spent.high / gdp.low as computed_high,
        greatest(0, share.low - 100 * spent.high / gdp.low, 100 * spent.low / gdp.high - share.high) as deviation
    from cells as share
    inner join cells as spent using (edition_id, entity_code, year)
    inner join cells as gdp using (edition_id, entity_code, year)
    where share.series = 'defence_share_of_gdp percent'
        and spent.series = 'defence_expenditure usd_m'
        and spent.price_basis = 'current'
        and gdp.series = 'gdp usd_m'
        and gdp.price_basis = 'current'
),

-- National currency for a dollar, which Tables 1 and 2 imply.
rates as (
    select
        national.edition_id,
        national.entity_code,
        national.year,
        national.price_basis,
        national.currency_code,
        national.half_step,
        national.value / dollars.value as rate,
        national.low / dollars.high as low,
        national.high / dollars.low as high
    from cells as national
    inner join cells as dollars using (edition_id, entity_code, year, price_basis)
    where national.series = 'defence_expenditure lcu_m'
        and dollars.series = 'defence_expenditure usd_m'
),

usual_rates as (
    select
        edition_id,
        entity_code,
        median(rate) as rate,
        median(low) as low,
        median(high) as high
    from rates
    where price_basis = 'constant'
    group by edition_id, entity_code
),

euro_rates as (
    select
        edition_id,
        year,
        median(rate) as rate,
        median(low) as low,
        median(high) as high
    from rates
    where price_basis = 'current' and currency_code = 'EUR'
    group by edition_id, year
    having count(*) >= 5
),

compared_rates as (
    select
        rates.edition_id,
        'rate_of_constant_prices' as relation_id,
        rates.price_basis,
        rates.entity_code,
        rates.year,
        rates.rate as published_value,
        rates.half_step,
        usual.rate as computed_value,
        usual.low as computed_low,
        usual.high as computed_high,
        rates.low,
        rates.high
    from rates
    inner join usual_rates as usual using (edition_id, entity_code)
    where rates.price_basis = 'constant'
    union all
    select
        rates.edition_id,
        'rate_of_euro' as relation_id,
        rates.price_basis,
        rates.entity_code,
        rates.year,
        rates.rate as published_value,
        rates.half_step,
        euro.rate as computed_value,
        euro.low as computed_low,
        euro.high as computed_high,
        rates.low,
        rates.high
    from rates
    inner join euro_rates as euro using (edition_id, year)
    where rates.price_basis = 'current' and rates.currency_code = 'EUR'
    union all
    select
        edition_id,
        'rate_of_dollar' as relation_id,
        price_basis,
        entity_code,
        year,
        rate as published_value,
        half_step,
        1.0::double as computed_value,
        1.0::double as computed_low,
        1.0::double as computed_high,
        low,
        high
    from rates
    where currency_code = 'USD'
),

-- What a dollar of the base year costs in the year, by expenditure and by the whole economy.
price_levels as (
    select
        current.edition_id,
        current.entity_code,
        current.year,
        current.series,
        current.half_step,
        current.value / constant.value as price_level,
        current.low / constant.high as low,
        current.high / constant.low as high
    from cells as current
    inner join cells as constant using (edition_id, entity_code, year, series)
    where current.price_basis = 'current'
        and constant.price_basis = 'constant'
        and current.series in ('defence_expenditure usd_m', 'gdp usd_m')
        and not current.is_aggregate
),

compared_levels as (
    select
        spent.edition_id,
        'deflator' as relation_id,
        'current' as price_basis,
        spent.entity_code,
        spent.year,
        spent.price_level as published_value,
        spent.half_step,
        gdp.price_level as computed_value,
        gdp.low as computed_low,
        gdp.high as computed_high,
        spent.low,
        spent.high
    from price_levels as spent
    inner join price_levels as gdp using (edition_id, entity_code, year)
    where spent.series = 'defence_expenditure usd_m' and gdp.series = 'gdp usd_m'
),

in_percent as (
    select
        edition_id, relation_id, price_basis, entity_code, year, published_value, half_step, computed_value, computed_low,
        computed_high, low, high
    from compared_rates
    union all
    select
        edition_id, relation_id, price_basis, entity_code, year, published_value, half_step, computed_value, computed_low,
        computed_high, low, high
    from compared_levels
),

-- One year beside the year before, as the factor between them.
factors as (
    select
        present.edition_id,
        case present.series
            when 'defence_expenditure lcu_m' then 'years_of_national_currency'
            when 'defence_expenditure usd_m' then 'years_of_dollars'
            when 'defence_expenditure_per_capita usd' then 'years_of_spending_per_head'
            when 'gdp usd_m' then 'years_of_gdp'
            when 'gdp_per_capita usd_thousand' then 'years_of_gdp_per_head'
            when 'defence_share_of_gdp percent' then 'years_of_share'
            when 'military_personnel thousand' then case when present.is_aggregate then 'years_of_all_personnel' else 'years_of_personnel' end
        end as relation_id,
        present.price_basis,
        present.entity_code,
        present.year,
        present.half_step,
        present.value / before.value as factor,
        present.low / before.high as low,
        present.high / before.low as high
    from cells as present
    inner join cells as before using (edition_id, entity_code, series, price_basis)
    where before.year = present.year - 1
        and (present.series not like '% percent' or present.series = 'defence_share_of_gdp percent')
    union all
    select
        present.edition_id,
        'years_of_rate' as relation_id,
        present.price_basis,
        present.entity_code,
        present.year,
        present.half_step,
        present.rate / before.rate as factor,
        present.low / before.high as low,
        present.high / before.low as high
    from rates as present
    inner join rates as before using (edition_id, entity_code, price_basis, currency_code)
    where before.year = present.year - 1
        and present.price_basis = 'current'
    union all
    -- Growth of expenditure over growth of its share is the growth of GDP.
    select
        growth.edition_id,
        'growth_and_share' as relation_id,
        growth.price_basis,
        growth.entity_code,
        growth.year,
        growth.half_step,
        (1 + growth.value / 100) * before.value / present.value as factor,
        (1 + (growth.value - growth.half_step) / 100) * before.low / present.high as low,
        (1 + (growth.value + growth.half_step) / 100) * before.high / present.low as high
    from cells as growth
    inner join cells as present using (edition_id, entity_code, year)
    inner join cells as before using (edition_id, entity_code)
    where growth.series = 'real_growth percent'
        and present.series = 'defence_share_of_gdp percent'
        and before.series = present.series
        and before.year = growth.year - 1
        and growth.value > -99
        and not growth.is_aggregate
)

select
    edition_id,
    relation_id,
    price_basis,
    entity_code,
    year,
    published_value,
    cast(half_step as double) as half_step,
    computed_value,
    computed_low,
    computed_high,
    deviation
from shares_at_current_prices
union all
select
    edition_id,
    relation_id,
    price_basis,
    entity_code,
    year,
    published_value,
    cast(half_step as double) as half_step,
    computed_value,
    computed_low,
    computed_high,
    100 * greatest(0, low - computed_high, computed_low - high) / computed_value as deviation
from in_percent
union all
select
    edition_id,
    relation_id,
    price_basis,
    entity_code,
    year,
    factor as published_value,
    cast(half_step as double) as half_step,
    1.0::double as computed_value,
    1.0::double as computed_low,
    1.0::double as computed_high,
    greatest(0, low - 1, 1 / high - 1) as deviation
from factors
