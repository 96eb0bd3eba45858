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
    claim_kind,
    metric,
    scope,
    against,
    among,
    year,
    year_from,
    target_id,
    threshold_pct,
    direction,
    price_basis,
    price_base_year,
    comparator,
    value,
    value_to,
    unit,
    decimals,
    source,
    address
from seed_claim
