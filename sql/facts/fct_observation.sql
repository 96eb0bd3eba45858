/*
description: >-
  Every published figure of every edition, with the table, row, column and cell in which it stands.
  Table 4 repeats figures of Tables 2 and 3, so the table is part of the key.
grain: [edition_id, table_id, measure, price_basis, entity_code, year]
*/
select
    observed.edition_id,
    observed.table_id,
    observed.measure,
    observed.price_basis,
    observed.entity_code,
    observed.year,
    observed.is_estimate,
    spine.is_member,
    observed.price_base_year,
    observed.unit,
    observed.currency_code,
    observed.value,
    observed.marks,
    observed.source_kind,
    observed.block,
    observed.label,
    observed.header,
    observed.cell
from source_observation as observed
inner join stg_nato_entity_year as spine using (edition_id, entity_code, year)
