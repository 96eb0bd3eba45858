/*
description: >-
  The shares of all members of a year add to 100 % of expenditure, in every year for which the edition gives
  the share of each.
advice: compare NATO Total with the sum of its members in Table 2; dim_group_member says who belongs when.
*/
select
    edition_id,
    year,
    price_basis,
    sum(share_of_total_pct) as shares_added_pct
from fct_contribution_share
inner join dim_ally using (entity_code)
where is_member and has_armed_forces
group by edition_id, year, price_basis
having abs(sum(share_of_total_pct) - 100) > 0.01 and count(*) = count(share_of_total_pct)
