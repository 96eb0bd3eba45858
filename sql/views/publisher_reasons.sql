/*
description: >-
  How far each publisher's shares of GDP lie from NATO's in each year, and how many of those differences no rule
  explains.
grain: [publisher, year]
*/
select
    publisher,
    year,
    count(other_value) as compared_allies,
    avg(abs(difference)) as mean_difference_pp,
    count(difference) filter (where difference_code = 'unexplained') as unexplained_allies,
    cast(100 as double) * count(*) filter (where difference_code = 'unexplained') / count(*) as unexplained_pct
from fct_publisher_difference
where measure = 'defence_share_of_gdp'
group by publisher, year
order by publisher, year
