/*
description: >-
  Each Ally's path to a target in one row - the year of reaching as a range over the three paces of
  expenditure under the median GDP growth, and over every assumption on GDP as well; the verdicts at the
  five-year pace and at this year's pace side by side; and in how many of all the combinations of pace and
  assumption it comes in time. A range whose latest year is null is open, because in some it never comes.
grain: [edition_id, entity_code, target_id]
*/
select
    edition_id,
    entity_code,
    target_id,
    any_value(base_year) as base_year,
    any_value(is_estimate) as is_estimate,
    any_value(due_year) as due_year,
    any_value(value_pct) as value_pct,
    any_value(threshold_pct) as threshold_pct,
    max(required_real_growth_pct) filter (gdp_growth_assumption = 'median year') as required_real_growth_pct,
    min(required_real_growth_pct) as least_required_real_growth_pct,
    max(required_real_growth_pct) as most_required_real_growth_pct,
    any_value(trend_real_growth_pct) as trend_real_growth_pct,
    any_value(this_year_real_growth_pct) as this_year_real_growth_pct,
    max(path_status) filter (gdp_growth_assumption = 'median year') as path_status,
    max(path_status_this_year) filter (gdp_growth_assumption = 'median year') as path_status_this_year,
    bool_or(verdicts_differ) filter (gdp_growth_assumption = 'median year') as verdicts_differ,
    max(year_reached_earliest) filter (gdp_growth_assumption = 'median year') as year_reached_earliest,
    max(year_reached_latest) filter (gdp_growth_assumption = 'median year') as year_reached_latest,
    min(year_reached_earliest) as year_reached_earliest_of_all,
    case when count(year_reached_latest) = count(*) then max(year_reached_latest) end as year_reached_latest_of_all,
    cast(sum(paces_in_time) as bigint) as paths_in_time,
    cast(sum(paces_given) as bigint) as paths_given
from fct_path_to_target
group by edition_id, entity_code, target_id
order by edition_id, entity_code, target_id
