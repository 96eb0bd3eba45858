/*
description: >-
  No amount is negative or larger than anything that there is, no share lies outside 0 to 100, nothing shrinks by
  more than all of it, and no amount, share of GDP, figure per head or number of soldiers is zero - what is not
  known is no zero.
advice: open the source at these cells; if the figure stands there, ask NATO before you take it in.
judges_files: alone
*/
with bounds as (
    select
        observed.*,
        observed.measure in ('real_growth', 'cumulative_real_growth') as is_growth,
        observed.unit = 'percent' and observed.measure like '%_share' as is_part,
        -- Far above anything published: dollars of the whole Alliance's GDP are 63 million million.
        case
            when observed.measure = 'real_growth' then 400
            when observed.measure = 'cumulative_real_growth' then 4000
            when observed.measure = 'defence_share_of_gdp' then 50
            when observed.unit = 'percent' then 100
            when observed.unit in ('lcu_m', 'usd_m') then 1e9
            when observed.unit = 'usd_thousand' then 2000
            when observed.unit in ('usd', 'thousand') then 100000
            else 1e15
        end as upper_bound
    from stg_observation as observed
    -- NATO's figures are those of its members; elsewhere states without armed forces spend nothing, and a state at war
    -- more than it produces.
    where observed.publisher = 'nato'
),

judged as (
    select
        *,
        case
            when is_growth and value < -100 then 'nothing shrinks by more than all of it'
            when not is_growth and value < 0 and unit = 'percent' then 'a share lies between 0 and 100'
            when not is_growth and value < 0 then 'no amount is negative'
            when unit = 'percent' and not is_growth and value > 100 then 'a share lies between 0 and 100'
            when value > upper_bound then 'a figure that can be'
            when value = 0 and not is_growth and not is_part then 'a figure, or none where it is not known'
            -- To the last digit nothing stays as it was; a rounded rate may read 0.
            when value = 0 and is_growth and half_step = 0 then 'a figure, or none where it is not known'
        end as rule
    from bounds
)

select
    edition_id,
    entity_code,
    year,
    rule,
    locator as source_cells,
    value as found,
    case
        when is_growth and value < -100 then '-100 or more'
        when value = 0 then 'not 0'
        when unit = 'percent' and not is_growth then '0 to 100'
        when value < 0 then '0 or more'
        else concat('at most ', cast(cast(round(upper_bound) as bigint) as varchar))
    end as expected
from judged
where rule is not null
order by edition_id, measure, unit, repeats, entity_code, year
