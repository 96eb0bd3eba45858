/*
description: >-
  Real growth of a group on the year before, like for like, without some Allies - each year of an edition, with
  what it is with them beside it. left_out is a list of codes, as ['NOR', 'SWE'], or a text of them, as 'NOR SWE';
  members_left_out counts those that were members and are left out.
parameters: [edition, grp, left_out]
*/
select
    edition_id,
    group_code,
    year,
    count(case when is_left_out then 1 end) as members_left_out,
    100 * (sum(expenditure_constant_usd_m) / sum(expenditure_before_constant_usd_m) - 1) as like_for_like_growth_pct,
    100 * (
        sum(case when is_left_out then null else expenditure_constant_usd_m end)
        / sum(case when is_left_out then null else expenditure_before_constant_usd_m end) - 1
    ) as growth_without_pct
from (
    select
        *,
        -- A list is told as text too, `[NOR, SWE]`.
        contains(
            concat(' ', translate(upper(cast(left_out as varchar)), '[,]', '   '), ' '), concat(' ', entity_code, ' ')
        ) as is_left_out
    from fct_growth_contribution
    where edition_id = edition and group_code = grp and membership_change = 'stayed'
) as members
group by edition_id, group_code, year
-- Where a member's figure is missing, the rest is no growth of the group.
having count(contribution_pp) = count(*)
