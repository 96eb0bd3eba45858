/*
description: >-
  Published figures that the arithmetic of other published cells does not give - beyond 1e-9 of the
  figure where an edition is unrounded, beyond what rounding allows where it is rounded.
grain: [edition_id, relation_id, price_basis, entity_code, year]
audits: [figures_do_not_contradict]
*/
select
    related.edition_id,
    related.relation_id,
    related.price_basis,
    related.entity_code,
    related.year,
    spine.is_estimate,
    spine.is_member,
    relations.relation,
    related.published_value,
    related.computed_value,
    related.deviation,
    relations.tolerance,
    relations.tolerance_unit,
    exceptions.reason
from stg_relation as related
inner join stg_entity_year as spine using (edition_id, entity_code, year)
inner join seed_relation as relations using (relation_id)
left join seed_exception as exceptions using (edition_id, relation_id, entity_code, year)
where related.deviation > 1e-9 * greatest(1, abs(related.published_value))
