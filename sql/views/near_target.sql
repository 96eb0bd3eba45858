/*
description: >-
  The Allies within 0.05 points of a target on either side - those whom a revision, or the choice
  between the published and the recomputed value, may carry over the line.
grain: [edition_id, entity_code, year, target_id]
*/
select
    edition_id,
    entity_code,
    year,
    target_id,
    is_estimate,
    is_member,
    threshold_pct,
    value_pct,
    value_recomputed_pct,
    gap_pp,
    meets_target,
    meets_target_recomputed
from fct_target_compliance
-- Rounded to a millionth, so that 1.95 is 0.05 away from 2 whatever the last bit says.
where abs(round(1e6 * gap_pp) / 1e6) <= 0.05
