/*
description: >-
  Published figures that the arithmetic of other published cells does not give - beyond 1e-9 of the
  figure where an edition is unrounded, beyond what rounding allows where it is rounded. Each has a
  reason - by name, or, for categories that miss the total by a whole number of units of
  national currency, that the amounts behind them look rounded.
grain: [edition_id, relation_id, price_basis, entity_code, year]
audits: [figures_do_not_contradict]
*/
with deviating as (
    select
        relation.*,
        1e6 * (relation.computed_value - 100) / 100 * figures.expenditure_current_lcu_m as missed_lcu
    from stg_nato_relation as relation
    left join stg_nato_figure as figures
        on figures.edition_id = relation.edition_id
        and figures.entity_code = relation.entity_code
        and figures.year = relation.year
        and relation.relation_id = 'categories'
    where relation.deviation > 1e-9 * greatest(1, abs(relation.published_value))
),

related as (
    select
        deviating.*,
        exceptions.reason,
        -- A whole number to a thousandth of a unit, out of billions, is no accident.
        exceptions.reason is null and abs(missed_lcu) >= 1 and abs(missed_lcu - round(missed_lcu)) < 0.001
            as looks_rounded
    from deviating
    left join stg_nato_exception as exceptions using (edition_id, relation_id, entity_code, year)
)

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
    related.reason,
    case
        when looks_rounded and missed_lcu > 0 then 'amounts_rounded_above'
        when looks_rounded then 'amounts_rounded_below'
    end as reason_code,
    case when looks_rounded then cast(abs(round(missed_lcu)) as bigint) end as missed_units
from related
inner join stg_nato_entity_year as spine using (edition_id, entity_code, year)
inner join stg_nato_tolerance as relations using (relation_id)
