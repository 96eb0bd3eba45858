/*
description: >-
  What a mistake looks like beside the edition before and beside the revision that was replaced - a power of
  ten, a sign, one row's, year's or category's figures in another's place, two cells exchanged, an exchange
  rate that is another one, and what was emptied. How much a figure changed plays no part in it.
grain: [edition_id, compared_with, pattern, measure, unit, price_basis, entity_code, year]
by_edition: alone
*/
with changes as (
    select *
    from stg_nato_change
    where distance > 0
),

logarithms as (
    select
        *,
        case when value / nullif(earlier_value, 0) > 0 then ln(value / nullif(earlier_value, 0)) / ln(10) end as logarithm
    from changes
),

single_cells as (
    select
        *,
        case
            when round(logarithm) <> 0
                and (
                    abs(logarithm - round(logarithm)) < 0.1 and (unit <> 'percent' or measure = 'defence_share_of_gdp')
                    -- Small shares and rates change tenfold by themselves: only the very digits are a pattern there.
                    or abs(logarithm - round(logarithm)) < 0.002 and abs(earlier_value) >= 1 and is_settled
                )
                then 'power_of_ten'
            when value * earlier_value < 0
                and is_settled
                and abs(value + earlier_value) <= half_step + earlier_half_step + 1e-6 * abs(value)
                and (abs(value) >= 1.5 or half_step + earlier_half_step = 0 or compared_with = 'revision')
                then 'sign'
        end as pattern
    from logarithms
),

-- Of figures that moved, those that another row, year or category of the other side explains much better.
moved_rows as (
    select
        edition_id, compared_with, measure, unit, price_basis, entity_code,
        count(*) as cells
    from stg_nato_change
    group by all
    having count(*) >= 3
        -- Most of it moved: one figure that did makes no row another's.
        and 2 * count(*) filter (where distance > usual) >= count(*)
),

rows_elsewhere as (
    select
        moved.edition_id,
        moved.compared_with,
        moved.measure,
        moved.unit,
        moved.price_basis,
        moved.entity_code,
        other.entity_code as from_entity,
        sum(case
            when mine.unit = 'percent' then abs(mine.value - other.earlier_value)
            else 100 * abs(ln(greatest(mine.value, 1e-9) / greatest(other.earlier_value, 1e-9)))
        end) as elsewhere,
        count(*) filter (where 2 * case
            when mine.unit = 'percent' then abs(mine.value - other.earlier_value)
            else 100 * abs(ln(greatest(mine.value, 1e-9) / greatest(other.earlier_value, 1e-9)))
        end < mine.distance) as closer,
        count(*) as cells,
        sum(mine.distance) as straight
    from moved_rows as moved
    inner join stg_nato_change as mine using (edition_id, compared_with, measure, unit, price_basis, entity_code)
    inner join stg_nato_change as other using (edition_id, compared_with, measure, unit, price_basis, year)
    where other.entity_code <> moved.entity_code
    group by all
    having count(*) >= 3
),

shifted_rows as (
    select
        moved.edition_id,
        moved.compared_with,
        moved.measure,
        moved.unit,
        moved.price_basis,
        moved.entity_code,
        other.year - mine.year as years_off,
        sum(case
            when mine.unit = 'percent' then abs(mine.value - other.earlier_value)
            else 100 * abs(ln(greatest(mine.value, 1e-9) / greatest(other.earlier_value, 1e-9)))
        end) as elsewhere,
        count(*) filter (where 2 * case
            when mine.unit = 'percent' then abs(mine.value - other.earlier_value)
            else 100 * abs(ln(greatest(mine.value, 1e-9) / greatest(other.earlier_value, 1e-9)))
        end < mine.distance) as closer,
        count(*) as cells,
        sum(mine.distance) as straight
    from moved_rows as moved
    inner join stg_nato_change as mine using (edition_id, compared_with, measure, unit, price_basis, entity_code)
    inner join stg_nato_change as other using (edition_id, compared_with, measure, unit, price_basis, entity_code)
    where other.year <> mine.year and abs(other.year - mine.year) <= 3
    group by all
    having count(*) >= 4
),

moved_years as (
    select
        edition_id, compared_with, measure, unit, price_basis, year
    from stg_nato_change
    group by all
    having count(*) >= 5 and 2 * count(*) filter (where distance > usual) >= count(*)
),

years_elsewhere as (
    select
        moved.edition_id,
        moved.compared_with,
        moved.measure,
        moved.unit,
        moved.price_basis,
        moved.year,
        other.year as from_year,
        sum(case
            when mine.unit = 'percent' then abs(mine.value - other.earlier_value)
            else 100 * abs(ln(greatest(mine.value, 1e-9) / greatest(other.earlier_value, 1e-9)))
        end) as elsewhere,
        count(*) filter (where 2 * case
            when mine.unit = 'percent' then abs(mine.value - other.earlier_value)
            else 100 * abs(ln(greatest(mine.value, 1e-9) / greatest(other.earlier_value, 1e-9)))
        end < mine.distance) as closer,
        count(*) as cells,
        sum(mine.distance) as straight
    from moved_years as moved
    inner join stg_nato_change as mine using (edition_id, compared_with, measure, unit, price_basis, year)
    inner join stg_nato_change as other using (edition_id, compared_with, measure, unit, price_basis, entity_code)
    where other.year <> moved.year
    group by all
    having count(*) >= 5
),

categories as (
    select *
    from stg_nato_change
    where measure in ('equipment_share', 'personnel_share', 'infrastructure_share', 'other_share')
),

categories_elsewhere as (
    select
        mine.edition_id,
        mine.compared_with,
        mine.measure,
        mine.unit,
        mine.price_basis,
        mine.entity_code,
        0 as year,
        other.measure as from_measure,
        count(*) as cells,
        count(*) filter (where mine.distance > mine.usual) as cells_moved,
        sum(abs(mine.value - other.earlier_value)) as elsewhere,
        count(*) filter (where 2 * abs(mine.value - other.earlier_value) < mine.distance) as closer,
        sum(mine.distance) as straight
    from categories as mine
    inner join categories as other using (edition_id, compared_with, unit, price_basis, entity_code, year)
    where other.measure <> mine.measure
    group by all
    having count(*) >= 3
    union all
    select
        mine.edition_id,
        mine.compared_with,
        mine.measure,
        mine.unit,
        mine.price_basis,
        '' as entity_code,
        mine.year,
        other.measure as from_measure,
        count(*) as cells,
        count(*) filter (where mine.distance > mine.usual) as cells_moved,
        sum(abs(mine.value - other.earlier_value)) as elsewhere,
        count(*) filter (where 2 * abs(mine.value - other.earlier_value) < mine.distance) as closer,
        sum(mine.distance) as straight
    from categories as mine
    inner join categories as other using (edition_id, compared_with, unit, price_basis, entity_code, year)
    where other.measure <> mine.measure
    group by all
    having count(*) >= 5
),

lines_elsewhere as (
    select
        edition_id, compared_with, 'row_elsewhere' as pattern, measure, unit, price_basis, entity_code,
        cast(null as integer) as year, from_entity as origin, elsewhere, straight, closer, cells
    from rows_elsewhere
    union all
    select
        edition_id, compared_with, 'row_shifted' as pattern, measure, unit, price_basis, entity_code,
        cast(null as integer) as year, concat(cast(years_off as varchar), ' years on') as origin, elsewhere, straight, closer, cells
    from shifted_rows
    union all
    select
        edition_id, compared_with, 'year_elsewhere' as pattern, measure, unit, price_basis,
        cast(null as varchar) as entity_code, year, cast(from_year as varchar) as origin, elsewhere, straight, closer, cells
    from years_elsewhere
    union all
    select
        edition_id, compared_with, 'category_elsewhere' as pattern, measure, unit, price_basis,
        nullif(entity_code, '') as entity_code, nullif(year, 0) as year, from_measure as origin, elsewhere, straight, closer, cells
    from categories_elsewhere
    where 2 * cells_moved >= cells and straight > 3 * cells
),

best_lines as (
    select
        *,
        row_number() over (
            partition by edition_id, compared_with, pattern, measure, unit, price_basis, entity_code, year
            order by elsewhere, origin
        ) as place
    from lines_elsewhere
    -- Most cells say so, and not one of them for all.
    where elsewhere < 0.25 * straight and closer >= 0.7 * cells
),

-- Two cells that hold each other's figures, to the digit: of two years, of two Allies, or of two categories.
exchanged as (
    select
        mine.*,
        concat_ws(' ', other.measure, other.entity_code, cast(other.year as varchar)) as origin,
        other.earlier_value as found_elsewhere
    from changes as mine
    inner join changes as other using (edition_id, compared_with, unit, price_basis)
    where mine.distance > mine.usual
        and other.distance > other.usual
        and abs(mine.value - other.earlier_value)
            <= mine.half_step + other.earlier_half_step + 1e-6 * abs(mine.value)
        and abs(other.value - mine.earlier_value)
            <= other.half_step + mine.earlier_half_step + 1e-6 * abs(other.value)
        and (
            mine.measure = other.measure and mine.entity_code = other.entity_code and mine.year <> other.year
            or mine.measure = other.measure and mine.entity_code <> other.entity_code and mine.year = other.year
            or mine.measure <> other.measure and mine.entity_code = other.entity_code and mine.year = other.year
        )
),

first_exchanged as (
    select
        *,
        row_number() over (
            partition by edition_id, compared_with, measure, unit, price_basis, entity_code, year order by origin
        ) as place
    from exchanged
),

rates as (
    select
        national.*,
        national.value / dollars.value as rate,
        national.earlier_value / dollars.earlier_value as earlier_rate,
        100 * (national.half_step / national.value + dollars.half_step / dollars.value) as rounding,
        dollars.locator as dollars_locator,
        dollars.earlier_locator as earlier_dollars_locator
    from stg_nato_change as national
    inner join stg_nato_change as dollars
        using (edition_id, compared_with, earlier_edition_id, price_basis, entity_code, year)
    where national.unit = 'lcu_m'
        and national.measure = 'defence_expenditure'
        and dollars.unit = 'usd_m'
        and dollars.measure = 'defence_expenditure'
        and national.price_basis = 'current'
        and dollars.value > 0
        and national.value > 0
)

select
    edition_id,
    compared_with,
    earlier_edition_id,
    pattern,
    measure,
    unit,
    price_basis,
    entity_code,
    year,
    locator as source_cells,
    earlier_locator as earlier_cells,
    value as found_value,
    earlier_value as expected_value,
    cast(null as varchar) as origin
from single_cells
where pattern is not null
union all
select
    edition_id,
    compared_with,
    earlier_edition_id,
    'exchanged' as pattern,
    measure,
    unit,
    price_basis,
    entity_code,
    year,
    locator as source_cells,
    earlier_locator as earlier_cells,
    value as found_value,
    earlier_value as expected_value,
    origin
from first_exchanged
where place = 1
union all
select
    edition_id,
    compared_with,
    earlier_edition_id,
    'exchange_rate' as pattern,
    measure,
    unit,
    price_basis,
    entity_code,
    year,
    concat_ws(', ', locator, dollars_locator) as source_cells,
    concat_ws(', ', earlier_locator, earlier_dollars_locator) as earlier_cells,
    rate as found_value,
    earlier_rate as expected_value,
    cast(null as varchar) as origin
from rates
where 100 * abs(ln(rate / earlier_rate)) > 2 * rounding + case when is_settled then 3 else 20 end
union all
select
    lines.edition_id,
    lines.compared_with,
    max(cells.earlier_edition_id) as earlier_edition_id,
    lines.pattern,
    lines.measure,
    lines.unit,
    lines.price_basis,
    cells.entity_code,
    cells.year,
    max(cells.locator) as source_cells,
    max(cells.earlier_locator) as earlier_cells,
    max(cells.value) as found_value,
    max(cells.earlier_value) as expected_value,
    lines.origin
from best_lines as lines
inner join stg_nato_change as cells
    on cells.edition_id = lines.edition_id
    and cells.compared_with = lines.compared_with
    and cells.measure = lines.measure
    and cells.unit = lines.unit
    and cells.price_basis = lines.price_basis
    and (lines.entity_code is null or cells.entity_code = lines.entity_code)
    and (lines.year is null or cells.year = lines.year)
where lines.place = 1
group by
    lines.edition_id, lines.compared_with, lines.pattern, lines.measure, lines.unit, lines.price_basis,
    cells.entity_code, cells.year, lines.origin
