/*
description: >-
  How far figures moved from the edition that first gave them to later ones, one row for each measure, age of
  the figure and horizon, as it was known when an edition came out. The movements are in percentage points for
  percentages and in percent of the first figure for everything else; ranges are plus and minus. How many
  editions first gave the figures stands beside each - movements of one edition go together.
grain: [edition_id, measure, unit, price_basis, age_group, horizon_years]
*/
select
    edition_id,
    measure,
    unit,
    price_basis,
    age_group,
    horizon_years,
    max(editions_behind) as editions_behind,
    max(figures_behind) as figures_behind,
    max(mean_movement) as mean_movement,
    max(mean_absolute_movement) as mean_absolute_movement,
    max(half_width) filter (where level_pct = 50) as half_width_50,
    max(half_width) filter (where level_pct = 80) as half_width_80,
    max(half_width) filter (where level_pct = 90) as half_width_90,
    max(half_width) filter (where level_pct = 95) as half_width_95
from fct_revision_range
group by edition_id, measure, unit, price_basis, age_group, horizon_years
order by edition_id, measure, unit, price_basis, age_group, horizon_years
