/*
description: >-
  The Allies whom a revision, or the choice between the published and the recomputed value, may carry over a
  target - those within the band in which nine of ten figures of that measure and age stayed, as far as it was
  known when the edition came out (near_band_pp, of fct_figure_interval). The band is never less than 0.05
  points, which also stands where no revision was known yet (editions_behind null).
grain: [edition_id, entity_code, year, target_id]
*/
with banded as (
    select
        compliance.*,
        greatest(coalesce(intervals.half_width_90, 0.05), 0.05) as near_band_pp,
        intervals.editions_behind
    from fct_target_compliance as compliance
    inner join dim_target as targets on targets.target_id = compliance.target_id
    left join fct_figure_interval as intervals
        on intervals.edition_id = compliance.edition_id
        and intervals.measure = targets.measure
        and intervals.unit = 'percent'
        and intervals.entity_code = compliance.entity_code
        and intervals.year = compliance.year
)

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
    near_band_pp,
    editions_behind,
    meets_target,
    meets_target_recomputed
from banded
-- Rounded to a millionth, so that 1.95 is 0.05 away from 2 whatever the last bit says.
where abs(round(1e6 * gap_pp) / 1e6) <= round(1e6 * near_band_pp) / 1e6
order by edition_id, entity_code, year, target_id
