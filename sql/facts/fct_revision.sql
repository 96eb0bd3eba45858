/*
description: >-
  What each edition changed - every figure beside the one of the newest earlier edition that holds the
  same cell. Money is compared at current prices or at the same base year only, and national currency within
  one currency or, where it was replaced, at the fixed rate by which it was; ratios (shares, growth) are
  compared whatever the base year. What an edition repeats is left out.
grain: [edition_id, measure, unit, price_basis, entity_code, year]
by_edition: alone
audits: [figures_show_no_pattern, years_show_no_pattern]
*/
with changes as (
    select
        *,
        value - earlier_value as change,
        100 * (cast(value - earlier_value as double) / nullif(abs(earlier_value), 0)) as relative_change_pct
    from stg_nato_change
    where compared_with = 'edition'
)

select
    changes.edition_id,
    changes.table_id,
    changes.measure,
    changes.price_basis,
    changes.entity_code,
    changes.year,
    changes.is_estimate,
    spine.is_member,
    changes.unit,
    changes.currency_code,
    changes.earlier_edition_id,
    changes.earlier_currency_code,
    changes.currency_conversion_rate,
    changes.earlier_value,
    changes.value,
    changes.change,
    changes.relative_change_pct,
    rank() over (
        partition by changes.edition_id, changes.measure, changes.price_basis
        order by abs(changes.change) desc
    ) as revision_rank
from changes
inner join stg_nato_entity_year as spine using (edition_id, entity_code, year)
