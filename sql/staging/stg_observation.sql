/*
description: >-
  Every published figure of every publisher in its newest revision, with the year of its period, whether
  it is an estimate, and whether its entity belonged to the Alliance in that year.
grain: [edition_id, measure, unit, price_basis, entity_code, period, repeats]
audits: [figures_are_possible]
*/
select
    observed.publisher,
    observed.edition_id,
    observed.revision,
    observed.dataset,
    observed.measure,
    observed.unit,
    observed.price_basis,
    observed.price_base_year,
    observed.currency_code,
    observed.entity_code,
    observed.period,
    cast(substr(observed.period, 1, 4) as integer) as year,
    observed.status,
    observed.status = 'estimate' as is_estimate,
    coalesce(
        cast(substr(observed.period, 1, 4) as integer) >= year(allies.accession_date),
        groups.is_published,
        false
    ) as is_member,
    observed.value,
    observed.half_step,
    observed.repeats,
    observed.locator,
    observed.label,
    observed.header,
    observed.table_id,
    observed.block,
    observed.marks,
    observed.source_kind,
    observed.cell
from source_observation as observed
left join seed_ally as allies using (entity_code)
left join seed_group as groups using (entity_code)
