/*
description: >-
  How concentrated the Alliance's expenditure is - how few Allies carry half and nine tenths of NATO
  Total, what the largest carry, and to how many equal Allies it amounts. Members of the year only;
  undecided, with the reason, where the edition does not give a member's share. Editions without expenditure
  in dollars have no rows.
grain: [edition_id, year, price_basis]
by_edition: alone
*/
with ranked as (
    select
        shares.edition_id,
        shares.year,
        shares.price_basis,
        shares.is_estimate,
        shares.share_of_total_pct,
        row_number() over by_size as position,
        sum(shares.share_of_total_pct) over by_size as carried_pct,
        count(*) filter (shares.share_of_total_pct is null) over everybody = 0 as is_complete
    from fct_contribution_share as shares
    inner join dim_ally as allies using (entity_code)
    where shares.is_member and allies.has_armed_forces
    window
        by_size as (
            partition by shares.edition_id, shares.year, shares.price_basis
            order by shares.share_of_total_pct desc nulls last, shares.entity_code
            rows between unbounded preceding and current row
        ),
        everybody as (partition by shares.edition_id, shares.year, shares.price_basis)
)

select
    edition_id,
    year,
    price_basis,
    any_value(is_estimate) as is_estimate,
    count(share_of_total_pct) as allies_counted,
    min(position) filter (is_complete and carried_pct >= 50) as allies_for_50_pct,
    min(position) filter (is_complete and carried_pct >= 90) as allies_for_90_pct,
    max(carried_pct) filter (is_complete and position = 1) as largest_share_pct,
    max(carried_pct) filter (is_complete and position = 3) as largest_3_share_pct,
    sum(cast(share_of_total_pct as double) * share_of_total_pct) filter (is_complete) / 10000 as herfindahl_index,
    10000 / sum(cast(share_of_total_pct as double) * share_of_total_pct) filter (is_complete) as effective_allies,
    case when not bool_and(is_complete) then 'member_figure_missing' end as null_reason_code
from ranked
group by edition_id, year, price_basis
having count(share_of_total_pct) > 0
