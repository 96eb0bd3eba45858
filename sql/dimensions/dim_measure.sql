/*
description: What is measured, in words.
grain: [measure]
*/
select
    measure,
    measure_name,
    measure_symbol,
    description
from seed_measure
