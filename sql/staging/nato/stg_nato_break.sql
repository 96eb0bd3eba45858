/*
description: Years whose change on the year before compares unlike things, by name, with the reason.
grain: [entity_code, measure, year]
*/
select
    entity_code,
    measure,
    year,
    reason
from seed_break
