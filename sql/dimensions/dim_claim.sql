/*
description: Statements made in public about these data, in our words, with the figure that they state.
grain: [claim_id]
*/
select
    claim_id,
    published_on,
    publisher,
    report,
    statement,
    metric,
    scope,
    year,
    target_id,
    price_basis,
    value,
    unit,
    decimals,
    source
from seed_claim
