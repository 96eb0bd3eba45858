/*
description: >-
  The relations that NATO's tables should obey, which series each compares, and the deviation that is
  tolerated.
grain: [relation_id]
*/
select
    relation_id,
    relation,
    kind,
    compared_series,
    compares_year_before,
    tolerance,
    tolerance_unit
from seed_relation
