/*
description: No amount is negative, no share lies outside 0 to 100, and nothing shrinks by more than all of it.
advice: open the source at these cells; if the figure stands there, ask NATO before you take it in.
judges_files: true
*/
with judged as (
    select
        *,
        case
            when unit = 'percent' and measure in ('real_growth', 'cumulative_real_growth') then value < -100
            when unit = 'percent' then value < 0 or value > 100
            else value < 0
        end as is_impossible
    from stg_observation
)

select
    edition_id,
    entity_code,
    year,
    case
        when measure in ('real_growth', 'cumulative_real_growth') then 'nothing shrinks by more than all of it'
        when unit = 'percent' then 'a share lies between 0 and 100'
        else 'no amount is negative'
    end as rule,
    locator as source_cells,
    value as found,
    case
        when measure in ('real_growth', 'cumulative_real_growth') then '-100 or more'
        when unit = 'percent' then '0 to 100'
        else '0 or more'
    end as expected
from judged
where is_impossible
order by edition_id, measure, unit, repeats, entity_code, year
