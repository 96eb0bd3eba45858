/*
description: >-
  What moved much - figures that are more than 5 percent or 0.3 points away from the edition before, or from the
  revision that they replace, and estimates that are far from the year before. Nothing of it is refused for its
  size; it is named so that somebody looks. A figure that is not given has no present value.
grain: [edition_id, compared_with, measure, unit, price_basis, entity_code, year]
by_edition: alone
*/
select
    changes.edition_id,
    changes.compared_with,
    changes.measure,
    changes.unit,
    changes.price_basis,
    changes.entity_code,
    changes.year,
    spine.is_estimate,
    spine.is_member,
    changes.earlier_edition_id,
    changes.earlier_value,
    changes.present_value,
    changes.present_value - changes.earlier_value as moved_by,
    100 * (cast(changes.present_value - changes.earlier_value as double) / nullif(abs(changes.earlier_value), 0))
        as relative_change_pct,
    changes.times_usual,
    rank() over (
        partition by changes.edition_id, changes.compared_with, changes.earlier_edition_id
        order by changes.times_usual desc nulls last
    ) as size_rank
from stg_nato_large_change as changes
inner join stg_nato_entity_year as spine using (edition_id, entity_code, year)
