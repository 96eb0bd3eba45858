/*
description: >-
  Every published figure of every publisher in its newest revision, with the year of its period, whether
  it is an estimate, and whether its entity belonged to the Alliance in that year.
grain: [edition_id, measure, unit, price_basis, entity_code, period, repeats]
by_edition: alone
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
        cast(substr(observed.period, 1, 4) as integer)
            between members.first_year and coalesce(members.last_year, 9999),
        aggregates.entity_code is not null
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
left join stg_nato_member as members using (entity_code)
left join seed_entity as aggregates
    on aggregates.entity_code = observed.entity_code and aggregates.published_by = 'nato'
