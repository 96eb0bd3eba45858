/*
description: >-
  On whatever day one asks, figures per head in a row belong together - what a soldier costs times the soldiers of a
  thousand inhabitants is what an inhabitant pays, and soldiers are those of the population.
advice: compare burden_per_head_known with fct_burden_per_head of the edition that the row names.
*/
select
    entity_code,
    year,
    known_from,
    edition_id
from burden_per_head_known
where abs(
        expenditure_per_soldier_usd_thousand * personnel_per_1000_inhabitants
        - expenditure_per_capita_recomputed_usd
    ) > 1e-9 * expenditure_per_capita_recomputed_usd
    or abs(1000 * military_personnel_thousand / population_thousand - personnel_per_1000_inhabitants) > 1e-9
