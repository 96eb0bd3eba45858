/*
description: The shares of all members of a year add to 100 % of expenditure.
advice: compare NATO Total with the sum of its members in Table 2; dim_group_member says who belongs when.
*/
select
    edition_id,
    year,
    price_basis,
    sum(share_of_total_pct) as shares_added_pct
from fct_contribution_share
inner join dim_ally using (entity_code)
where is_member
group by edition_id, year, price_basis
having abs(sum(share_of_total_pct) - 100) > 0.01
