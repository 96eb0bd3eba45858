/*
description: SIPRI's shares of GDP of the states of the Alliance, in its newest edition that holds each.
grain: [entity_code, year]
*/
select
    figures.edition_id,
    figures.entity_code,
    figures.year,
    figures.value as share_of_gdp_pct,
    figures.status,
    figures.is_estimate,
    figures.is_member,
    figures.marks,
    figures.locator
from stg_publisher_newest as figures
inner join stg_nato_member as members on members.entity_code = figures.entity_code
where figures.publisher = 'sipri' and figures.measure = 'defence_share_of_gdp'
