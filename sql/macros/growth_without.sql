/*
description: >-
  Real growth of a group on the year before, like for like, without some Allies - each year of an edition, with
  what it is with them beside it. left_out names codes with a blank between them, as 'NOR SWE'.
parameters: [edition, grp, left_out]
*/
select
    edition_id,
    group_code,
    year,
    100 * (sum(expenditure_constant_usd_m) / sum(expenditure_before_constant_usd_m) - 1) as like_for_like_growth_pct,
    100 * (
        sum(case when contains(concat(' ', left_out, ' '), concat(' ', entity_code, ' ')) then null
            else expenditure_constant_usd_m end)
        / sum(case when contains(concat(' ', left_out, ' '), concat(' ', entity_code, ' ')) then null
            else expenditure_before_constant_usd_m end) - 1
    ) as growth_without_pct
from fct_growth_contribution
where edition_id = edition and group_code = grp and membership_change = 'stayed'
group by edition_id, group_code, year
-- Where a member's figure is missing, the rest is no growth of the group.
having count(contribution_pp) = count(*)
