/*
description: >-
  Published figures that the arithmetic of other published cells does not give - beyond 1e-9 of the
  figure where an edition is unrounded, beyond what rounding allows where it is rounded - and those that
  lie beyond what other cells allow for them. Each has a reason - by name, or, for categories that miss
  the total by a whole number of units of national currency, that the amounts behind them look rounded.
grain: [edition_id, relation_id, price_basis, entity_code, year]
by_edition: alone
audits: [figures_do_not_contradict, exceptions_are_needed]
*/
with compared as (
    select
        edition_id, relation_id, price_basis, entity_code, year, published_value, computed_value, deviation
    from stg_nato_relation
    where deviation > 1e-9 * greatest(1, abs(published_value))
    union all
    select
        bound.edition_id, bound.relation_id, bound.price_basis, bound.entity_code, bound.year, bound.published_value,
        bound.computed_value, bound.deviation
    from stg_nato_bound as bound
    inner join stg_nato_tolerance as relations using (relation_id)
    where bound.deviation > relations.tolerance
),

deviating as (
    select
        compared.*,
        1e6 * (compared.computed_value - 100) / 100 * figures.expenditure_current_lcu_m as missed_lcu
    from compared
    left join stg_nato_figure as figures
        on figures.edition_id = compared.edition_id
        and figures.entity_code = compared.entity_code
        and figures.year = compared.year
        and compared.relation_id = 'categories'
),

related as (
    select
        deviating.*,
        exceptions.reason,
        -- A whole number to a thousandth of a unit, out of billions, is no accident.
        exceptions.reason is null and abs(missed_lcu) >= 1 and abs(missed_lcu - round(missed_lcu)) < 0.001
            as looks_rounded
    from deviating
    left join stg_nato_exception as exceptions
        on exceptions.edition_id = deviating.edition_id
        and exceptions.relation_id = deviating.relation_id
        and exceptions.entity_code = deviating.entity_code
        and exceptions.year = deviating.year
        -- A name covers what was seen there, and nothing larger.
        and deviating.deviation <= exceptions.deviation_at_most
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
