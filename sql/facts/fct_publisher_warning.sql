/*
description: >-
  What a look across publishers finds worth a second look, and never blocks - a share of GDP that repeats the year
  before's to the last digit, a difference from NATO's that grew beyond its usual range, a year that only one holds.
grain: [warning_code, publisher, entity_code, year]
*/
with shares as (
    select
        publisher,
        entity_code,
        year,
        value,
        half_step,
        lag(value) over by_year as value_before,
        lag(year) over by_year as year_before
    from stg_publisher_newest
    where measure = 'defence_share_of_gdp'
    window by_year as (partition by publisher, entity_code order by year)
),

differences as (
    select
        publisher,
        entity_code,
        year,
        abs(difference) as size,
        max(abs(difference)) over (
            partition by publisher, entity_code order by year rows between unbounded preceding and 1 preceding
        ) as largest_before,
        max(year) over (partition by publisher, entity_code) as newest_year
    from fct_publisher_difference
    where measure = 'defence_share_of_gdp'
),

years as (
    select year, min(publisher) as publisher, count(distinct publisher) as publishers, count(*) as figures
    from shares
    where year >= (select min(year) from shares where publisher = 'nato')
    group by year
)

select 'repeats_year_before' as warning_code, publisher, entity_code, year, cast(1 as bigint) as figures
from shares
where value = value_before and year_before = year - 1 and half_step = 0
union all
-- Within a quarter of a point nothing is unusual: the estimate year moves by as much.
select 'grew_beyond_range', publisher, entity_code, year, cast(1 as bigint)
from differences
where year = newest_year and size > 0.25 and size > 2 * largest_before
union all
select 'held_by_one', publisher, 'NATO_TOTAL', year, figures
from years
where publishers = 1
