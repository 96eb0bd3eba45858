/*
description: >-
  Years whose change on the year before compares unlike things, or that are measured otherwise than the rest,
  one row for each year, kind and measure. Those of the seed, and those that follow from who joined or left a
  group. Trends leave out the rows with is_left_out.
grain: [entity_code, measure, year, break_kind]
*/
with years as (
    select distinct year
    from stg_nato_observation
),

named as (
    select
        breaks.entity_code,
        breaks.measure,
        years.year,
        breaks.break_kind,
        breaks.break_in,
        breaks.said_by,
        breaks.source,
        breaks.reason
    from seed_break as breaks
    inner join years on years.year between breaks.year and coalesce(breaks.last_broken_year, breaks.year)
),

-- Who joins counts from that year on; who leaves counts no longer in the year after the last.
moves as (
    select group_code, entity_code, first_year as year, ' joined' as move from dim_group_member
    union all
    select group_code, entity_code, last_year + 1 as year, ' left' as move from dim_group_member
),

memberships as (
    select
        moves.group_code as entity_code,
        measures.measure,
        moves.year,
        string_agg(concat(moves.entity_code, moves.move), ', ' order by moves.entity_code) as changes
    from moves
    inner join years on years.year = moves.year
    -- The first year has no year before it.
    inner join years as before on before.year = moves.year - 1
    cross join (values ('defence_expenditure'), ('gdp'), ('military_personnel')) as measures (measure)
    group by all
)

select
    entity_code,
    measure,
    year,
    break_kind,
    break_in,
    said_by,
    break_in = 'change' and said_by <> 'nobody' as is_left_out,
    source,
    reason
from named
union all
select
    entity_code,
    measure,
    year,
    'membership' as break_kind,
    'change' as break_in,
    'publisher' as said_by,
    true as is_left_out,
    'The days of accession and of leaving (dim_group_member)' as source,
    changes as reason
from memberships
