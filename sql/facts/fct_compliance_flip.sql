/*
description: >-
  Whose compliance an edition changed - Allies that met a target by the newest earlier edition that gives
  a value for the year, and miss it by this one, or the other way round. Unknown is no change.
grain: [edition_id, target_id, entity_code, year]
by_edition: with_earlier
*/
with known as (
    select
        compliance.*,
        editions.published_on
    from fct_target_compliance as compliance
    inner join dim_edition as editions using (edition_id)
    where compliance.meets_target is not null
),

with_earlier as (
    select
        *,
        lag(edition_id) over same_row as earlier_edition_id,
        lag(meets_target) over same_row as met_target_before,
        lag(value_pct) over same_row as earlier_value_pct
    from known
    window same_row as (partition by target_id, entity_code, year order by published_on, edition_id)
)

select
    edition_id,
    target_id,
    entity_code,
    year,
    is_estimate,
    is_member,
    earlier_edition_id,
    met_target_before,
    meets_target,
    earlier_value_pct,
    value_pct,
    value_pct - earlier_value_pct as change_pp
from with_earlier
where meets_target <> met_target_before
