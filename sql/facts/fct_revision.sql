/*
description: >-
  What each edition changed - every figure beside the one of the newest earlier edition that holds the
  same cell. Money is compared at current prices or at the same base year only; ratios (shares, growth)
  are compared whatever the base year. What an edition repeats is left out.
grain: [edition_id, measure, unit, price_basis, entity_code, year]
audits: [settled_figures_stay]
*/
with figures as (
    select
        observed.*,
        editions.published_on,
        case when observed.unit = 'percent' or observed.price_basis <> 'constant' then 0 else observed.price_base_year end
            as comparable_base_year
    from stg_nato_observation as observed
    inner join dim_edition as editions using (edition_id)
    where not observed.repeats
),

with_earlier as (
    select
        *,
        lag(edition_id) over same_cell as earlier_edition_id,
        lag(value) over same_cell as earlier_value
    from figures
    window same_cell as (
        partition by measure, unit, price_basis, comparable_base_year, entity_code, year
        order by published_on, edition_id
    )
),

changes as (
    select
        *,
        value - earlier_value as change,
        100 * (cast(value - earlier_value as double) / nullif(abs(earlier_value), 0)) as relative_change_pct
    from with_earlier
    where earlier_edition_id is not null
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
    changes.earlier_edition_id,
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
