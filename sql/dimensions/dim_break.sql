/*
description: >-
  Breaks in NATO's figures, one row for each year, kind and measure, with who says so and whether trends leave
  the year out. Which years a rule would add, fct_break_candidate says.
grain: [entity_code, measure, year, break_kind]
*/
select
    entity_code,
    measure,
    year,
    break_kind,
    break_in,
    said_by,
    is_left_out,
    source,
    reason
from stg_nato_break
