/*
description: The units in which figures and claims are given, in words.
grain: [unit]
*/
select
    unit,
    unit_name,
    unit_symbol,
    description
from seed_unit
