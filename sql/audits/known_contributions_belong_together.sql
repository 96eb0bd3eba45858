/*
description: >-
  On whatever day one asks, the contributions of a group's members add to its growth like for like, and each follows
  from the expenditure of both years in its row.
advice: compare growth_contribution_known and growth_known with the facts of the editions that their rows name.
*/
with added as (
    select
        group_code,
        year,
        known_from,
        min(edition_id) as edition_id,
        sum(contribution_pp) as contributions_pp,
        max(abs(expenditure_constant_usd_m - expenditure_before_constant_usd_m - change_constant_usd_m)) as missed_usd_m
    from growth_contribution_known
    group by group_code, year, known_from
)

select
    added.group_code,
    added.year,
    added.known_from,
    added.edition_id,
    added.contributions_pp,
    growth.like_for_like_growth_pct
from added
-- What was known of the growth on the day on which the contributions were.
left join growth_known as growth
    on growth.entity_code = added.group_code
    and growth.year = added.year
    and growth.known_from <= added.known_from
    and added.known_from < growth.known_until
where abs(contributions_pp - like_for_like_growth_pct) > 1e-9
    or (contributions_pp is not null and like_for_like_growth_pct is null)
    or missed_usd_m > 1e-6
