/*
description: >-
  SIPRI's shares of GDP of the Allies from the first year that it knows, so that "highest since" has a past: the last
  earlier year with a share as high, as printed with two decimals, and the year in which the data begin. By SIPRI's
  definition, and in no fact of NATO's.
grain: [entity_code, year]
pools_editions: true
*/
with earlier as (
    select
        later.entity_code,
        later.year,
        max(before.year) as as_high_in_year,
        max(before.share_of_gdp_pct) as highest_before_pct
    from stg_sipri_share as later
    inner join stg_sipri_share as before on before.entity_code = later.entity_code and before.year < later.year
    where round(100 * before.share_of_gdp_pct) >= round(100 * later.share_of_gdp_pct)
    group by later.entity_code, later.year
),

begins as (
    select entity_code, min(year) as data_begin_year from stg_sipri_share group by entity_code
)

select
    shares.entity_code,
    shares.year,
    shares.edition_id,
    shares.share_of_gdp_pct,
    shares.status,
    shares.is_estimate,
    shares.is_member,
    earlier.as_high_in_year,
    begins.data_begin_year,
    shares.locator
from stg_sipri_share as shares
inner join begins on begins.entity_code = shares.entity_code
left join earlier on earlier.entity_code = shares.entity_code and earlier.year = shares.year
