/*
description: >-
  What it takes each Ally to reach a target on its share of GDP by the year in which it is due, and when it
  would get there. Real growth of expenditure per year that is needed is given under the median of the GDP
  growth of all the edition's years (which hardly moves from edition to edition), and, to show how much
  hangs on that, under the mean of the last five years and under 0, 1 and 2 %. The year of reaching is a
  range over three paces of expenditure - the last five years', the last two years', this year's - with a
  verdict for each. No pace holds years that a break leaves out of trends; beside them stands the five years'
  pace with them. The path starts at the last year
  whose share the edition gives.
grain: [edition_id, entity_code, target_id, gdp_growth_assumption]
by_edition: alone
as_of: {together: [entity_code, target_id]}
*/
with starts as (
    select
        compliance.edition_id,
        compliance.entity_code,
        compliance.target_id,
        max(compliance.year) as base_year
    from fct_target_compliance as compliance
    inner join dim_target as targets using (target_id)
    where targets.measure = 'defence_share_of_gdp'
        and targets.due_year is not null
        and compliance.compliance_status in ('meets', 'fails')
    group by all
),

bases as (
    select
        starts.*,
        compliance.is_estimate,
        compliance.value_pct,
        compliance.threshold_pct,
        compliance.meets_target,
        targets.due_year,
        targets.due_year - starts.base_year as years_left
    from starts
    inner join fct_target_compliance as compliance
        on compliance.edition_id = starts.edition_id
        and compliance.entity_code = starts.entity_code
        and compliance.target_id = starts.target_id
        and compliance.year = starts.base_year
    inner join dim_target as targets on targets.target_id = starts.target_id
    where targets.due_year > starts.base_year and compliance.value_pct > 0
),

changes as (
    select
        edition_id,
        entity_code,
        year,
        'defence_expenditure' as measure,
        coalesce(real_growth_published_pct, real_growth_pct) as change_pct
    from fct_growth
    union all
    select
        edition_id,
        entity_code,
        year,
        'gdp' as measure,
        gdp_real_growth_pct as change_pct
    from fct_growth
),

-- The one place where breaks leave the trends; a year can be broken in more than one way.
broken as (
    select distinct
        entity_code,
        measure,
        year
    from stg_nato_break
    where is_left_out
),

marked as (
    select
        changes.*,
        breaks.year is not null as is_broken
    from changes
    left join broken as breaks
        on breaks.entity_code = changes.entity_code
        and breaks.measure = changes.measure
        and breaks.year = changes.year
    where changes.change_pct is not null
),

spans as (
    select
        span,
        span_years,
        with_breaks
    from (
        values
            ('five years', 5, false),
            ('two years', 2, false),
            ('this year', 1, false),
            ('five years with breaks', 5, true)
    ) as listed (span, span_years, with_breaks)
),

-- The geometric mean of the yearly ratios, by their logarithms; 1e-300 stands for a ratio of 0, which has none.
means as (
    select
        bases.edition_id,
        bases.entity_code,
        bases.target_id,
        marked.measure,
        spans.span,
        100 * (exp(avg(ln(greatest(1 + cast(change_pct as double) / 100, 1e-300)))) - 1) as mean_pct,
        string_agg(cast(marked.year as varchar), ' ' order by marked.year) as years_used
    from bases
    cross join spans
    inner join marked
        on marked.edition_id = bases.edition_id
        and marked.entity_code = bases.entity_code
        and marked.year > bases.base_year - spans.span_years
        and marked.year <= bases.base_year
    where spans.with_breaks or not marked.is_broken
    group by bases.edition_id, bases.entity_code, bases.target_id, marked.measure, spans.span, spans.span_years
    -- Of two years of which one is broken, the other would only say again what this year's pace says.
    having spans.span_years > 2 or count(*) = spans.span_years
),

assumptions as (
    select
        bases.edition_id,
        bases.entity_code,
        bases.target_id,
        'median year' as gdp_growth_assumption,
        median(marked.change_pct) as assumed_gdp_growth_pct,
        string_agg(cast(marked.year as varchar), ' ' order by marked.year) as gdp_growth_years
    from bases
    inner join marked
        on marked.edition_id = bases.edition_id
        and marked.entity_code = bases.entity_code
        and marked.year <= bases.base_year
    where marked.measure = 'gdp' and not marked.is_broken
    group by bases.edition_id, bases.entity_code, bases.target_id
    union all
    select
        edition_id,
        entity_code,
        target_id,
        'last five years' as gdp_growth_assumption,
        mean_pct as assumed_gdp_growth_pct,
        years_used as gdp_growth_years
    from means
    where measure = 'gdp' and span = 'five years'
    union all
    select
        bases.edition_id,
        bases.entity_code,
        bases.target_id,
        fixed.gdp_growth_assumption,
        fixed.assumed_gdp_growth_pct,
        null as gdp_growth_years
    from bases
    cross join (
        values ('0 % per year', 0.0::double), ('1 % per year', 1.0::double), ('2 % per year', 2.0::double)
    ) as fixed (gdp_growth_assumption, assumed_gdp_growth_pct)
),

paths as (
    select
        bases.*,
        assumptions.gdp_growth_assumption,
        assumptions.assumed_gdp_growth_pct,
        assumptions.gdp_growth_years,
        pow(threshold_pct / value_pct, 1 / cast(years_left as double)) as share_ratio_required,
        100 * (
            (1 + assumed_gdp_growth_pct / 100) * pow(threshold_pct / value_pct, 1 / cast(years_left as double)) - 1
        ) as required_real_growth_pct
    from bases
    inner join assumptions using (edition_id, entity_code, target_id)
),

paced as (
    select
        paths.*,
        spans.span,
        spans.with_breaks,
        means.mean_pct,
        means.years_used,
        (1 + cast(means.mean_pct as double) / 100) / (1 + assumed_gdp_growth_pct / 100) as share_ratio
    from paths
    cross join spans
    left join means
        on means.edition_id = paths.edition_id
        and means.entity_code = paths.entity_code
        and means.target_id = paths.target_id
        and means.span = spans.span
        and means.measure = 'defence_expenditure'
),

-- 1e-9: a path that arrives exactly in a year arrives in that year, whatever the last bit says.
arrivals as (
    select
        *,
        value_pct * pow(share_ratio, cast(years_left as double)) as share_in_due_year_pct,
        case
            when meets_target then base_year
            when share_ratio > 1
                then base_year + cast(ceil(ln(threshold_pct / value_pct) / ln(share_ratio) - 1e-9) as bigint)
        end as arrival
    from paced
),

judged as (
    select
        *,
        cast(case when arrival <= 2100 then arrival end as integer) as year_reached,
        case
            when meets_target then 'already there'
            when share_ratio is null then 'no trend'
            when arrival <= due_year then 'in time'
            when arrival <= 2100 then 'late'
            else 'not in this century'
        end as verdict
    from arrivals
),

by_pace as (
    select
        edition_id,
        entity_code,
        target_id,
        gdp_growth_assumption,
        max(mean_pct) filter (span = 'five years') as trend_real_growth_pct,
        max(years_used) filter (span = 'five years') as trend_years,
        max(mean_pct) filter (span = 'two years') as last_two_years_real_growth_pct,
        max(mean_pct) filter (span = 'this year') as this_year_real_growth_pct,
        max(year_reached) filter (span = 'five years') as year_reached_at_trend,
        max(year_reached) filter (span = 'two years') as year_reached_at_last_two_years,
        max(year_reached) filter (span = 'this year') as year_reached_at_this_year,
        max(verdict) filter (span = 'five years') as path_status,
        max(verdict) filter (span = 'two years') as path_status_last_two_years,
        max(verdict) filter (span = 'this year') as path_status_this_year,
        max(mean_pct) filter (with_breaks) as trend_with_breaks_real_growth_pct,
        max(verdict) filter (with_breaks) as path_status_with_breaks,
        max(share_in_due_year_pct) filter (span = 'five years') as share_at_trend_pct,
        max(share_in_due_year_pct) filter (span = 'this year') as share_at_this_year_pct,
        min(year_reached) filter (not with_breaks) as year_reached_earliest,
        max(year_reached) filter (not with_breaks) as year_reached_latest,
        count(*) filter (verdict <> 'no trend' and not with_breaks) as paces_given,
        count(*) filter (verdict in ('already there', 'in time') and not with_breaks) as paces_in_time,
        count(*) filter (verdict = 'not in this century' and not with_breaks) as paces_never
    from judged
    group by edition_id, entity_code, target_id, gdp_growth_assumption
)

select
    paths.edition_id,
    paths.entity_code,
    paths.target_id,
    paths.gdp_growth_assumption,
    paths.base_year,
    paths.is_estimate,
    paths.due_year,
    paths.value_pct,
    paths.threshold_pct,
    paths.assumed_gdp_growth_pct,
    paths.gdp_growth_years,
    paths.required_real_growth_pct,
    paths.share_ratio_required as required_growth_per_gdp_point_pp,
    paces.trend_real_growth_pct,
    paces.trend_years,
    paces.trend_with_breaks_real_growth_pct,
    paces.last_two_years_real_growth_pct,
    paces.this_year_real_growth_pct,
    paces.trend_real_growth_pct - paths.required_real_growth_pct as trend_minus_required_pp,
    paces.this_year_real_growth_pct - paths.required_real_growth_pct as this_year_minus_required_pp,
    paces.year_reached_at_trend,
    paces.year_reached_at_last_two_years,
    paces.year_reached_at_this_year,
    paces.year_reached_earliest,
    case when paces.paces_never = 0 then paces.year_reached_latest end as year_reached_latest,
    paces.path_status,
    paces.path_status_last_two_years,
    paces.path_status_this_year,
    paces.path_status_with_breaks,
    case
        when paces.path_status <> 'no trend' and paces.path_status_this_year <> 'no trend'
            then (paces.path_status in ('already there', 'in time'))
                <> (paces.path_status_this_year in ('already there', 'in time'))
    end as verdicts_differ,
    paces.paces_given,
    paces.paces_in_time,
    -- 10 %: twice the most that anybody has pledged. What lies beyond is arithmetic and no path.
    least(paces.share_at_trend_pct, 10) as share_in_due_year_at_trend_pct,
    paces.share_at_trend_pct > 10 as is_capped_at_trend,
    least(paces.share_at_this_year_pct, 10) as share_in_due_year_at_this_year_pct,
    paces.share_at_this_year_pct > 10 as is_capped_at_this_year
from paths
inner join by_pace as paces using (edition_id, entity_code, target_id, gdp_growth_assumption)
