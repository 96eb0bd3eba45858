/*
description: The currencies that were replaced at a fixed rate, with the law that fixed it.
grain: [from_currency]
*/
select
    from_currency,
    to_currency,
    rate,
    converted_from,
    source
from seed_currency_conversion
