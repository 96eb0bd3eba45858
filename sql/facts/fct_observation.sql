/*
description: >-
  Every published figure of every publisher and edition, with the place in which it stands. NATO's Table 4
  repeats figures of Tables 2 and 3; `repeats` marks them. Of a publisher whose terms limit it, what may be shown.
grain: [publisher, edition_id, measure, unit, price_basis, entity_code, period, repeats]
by_edition: alone
*/
select
    publisher,
    edition_id,
    revision,
    dataset,
    table_id,
    measure,
    price_basis,
    entity_code,
    period,
    year,
    status,
    is_estimate,
    is_member,
    price_base_year,
    unit,
    currency_code,
    value,
    half_step,
    repeats,
    locator,
    marks,
    source_kind,
    block,
    label,
    header,
    cell
from stg_observation
