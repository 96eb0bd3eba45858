/*
description: What each edition says of each of its years in the figures that newspapers print.
grain: [edition_id, year]
*/
with growth as (
    select
        edition_id,
        year,
        is_estimate,
        real_growth_published_pct,
        real_growth_pct
    from fct_growth
    where entity_code = 'NATO_EUR_CAN'
),

compliance as (
    select
        edition_id,
        year,
        count(*) filter (target_id = 'gdp_2' and compliance_status = 'meets') as allies_at_2_pct,
        count(*) filter (target_id = 'gdp_2' and compliance_status = 'unknown') as allies_at_2_pct_unknown,
        count(*) filter (target_id = 'core_3_5' and compliance_status = 'meets') as allies_at_3_5_pct,
        count(*) filter (target_id = 'equipment_20' and compliance_status = 'meets') as allies_at_20_pct_equipment
    from fct_target_compliance
    group by edition_id, year
),

us_shares as (
    select
        edition_id,
        year,
        max(share_of_total_pct) filter (price_basis = 'constant') as us_share_constant_pct,
        max(share_of_total_pct) filter (price_basis = 'current') as us_share_current_pct
    from fct_contribution_share
    where entity_code = 'USA'
    group by edition_id, year
)

select
    growth.edition_id,
    editions.published_on,
    growth.year,
    growth.is_estimate,
    growth.real_growth_published_pct,
    compliance.allies_at_2_pct,
    compliance.allies_at_2_pct_unknown,
    compliance.allies_at_3_5_pct,
    compliance.allies_at_20_pct_equipment,
    us_shares.us_share_constant_pct,
    us_shares.us_share_current_pct
from growth
inner join dim_edition as editions using (edition_id)
inner join compliance using (edition_id, year)
inner join us_shares using (edition_id, year)
order by edition_id, year
