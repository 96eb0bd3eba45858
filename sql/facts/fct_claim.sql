/*
description: >-
  Each public claim against each edition that covers its year, and against its own edition. A claim holds where
  the edition's figure lies within what its words allow - 19.4 from 19.35 to 19.45, about, nearly, more than
  and the rest as docs/methods.md says. The verdict goes by the plain reading of the claim - NATO's own figures as
  published, groups like for like, dollars at current prices, shares at either prices where none are named. A figure
  printed more coarsely than the claim cannot refute it. Other readings stand beside it as the closest basis and in the sentence:
  that one of them equals the claim does not prove that the claim was computed so. Where a claim names no
  prices and the edition's figure is held at one price basis only, a difference leaves it undecided.
grain: [claim_id, edition_id]
*/
with own_editions as (
    select
        claims.claim_id,
        min(editions.edition_id) as own_edition_id
    from dim_claim as claims
    inner join dim_edition as editions on editions.published_on = claims.published_on and editions.publisher = 'NATO'
    group by claims.claim_id
),

asked as (
    select
        claims.*,
        pow(10, -decimals) as step,
        pow(10, decimals) as scale,
        case
            when comparator = 'at_most' or comparator = 'less_than' then null
            when comparator in ('at_least', 'more_than', 'between') then value
            when comparator = 'fraction' then value - case when unit = 'percent' then 2.5 else 0 end
            when comparator = 'fraction_nearly' then value - 5
            when comparator = 'times' then 0.95 * value
            when comparator = 'times_nearly' then 0.85 * value
            when comparator = 'times_about' then 0.9 * value
            when unit in ('boolean', 'rank', 'years') then value
            when unit = 'count' and comparator in ('nearly', 'about') then value - 2
            when unit = 'count' then value
            when comparator = 'nearly' and value < 0 then value
            when comparator in ('nearly', 'about') then value - 1.5 * pow(10, -decimals)
            else value - 0.5 * pow(10, -decimals)
        end as least_exactly,
        case
            when comparator = 'at_least' or comparator = 'more_than' then null
            when comparator = 'between' then value_to
            when comparator in ('at_most', 'less_than', 'fraction_nearly', 'times_nearly') then value
            when comparator = 'fraction' then value + case when unit = 'percent' then 2.5 else 0 end
            when comparator = 'times' then value + 0.5
            when comparator = 'times_about' then 1.1 * value
            when unit in ('boolean', 'rank', 'years') then value
            when unit = 'count' and comparator = 'about' then value + 2
            when unit = 'count' then value
            when comparator = 'nearly' and value >= 0 then value
            when comparator in ('nearly', 'about') then value + 1.5 * pow(10, -decimals)
            else value + 0.5 * pow(10, -decimals)
        end as most_exactly,
        comparator <> 'more_than' and not (comparator = 'nearly' and value < 0) as least_counts,
        case comparator
            when 'plain' then unit in ('count', 'boolean', 'rank', 'years')
            when 'nearly' then value < 0
            else comparator not in ('less_than', 'fraction_nearly', 'times', 'times_nearly')
        end as most_counts,
        case
            when price_basis is not null or unit = 'boolean' then 0
            when claim_kind = 'value' and metric in ('contribution_share', 'gdp_share', 'expenditure_per_head') then 2
            when claim_kind = 'change' and metric = 'expenditure' then 2
            else 0
        end as bases_expected,
        case metric
            when 'expenditure' then case unit when 'EUR billion' then '1' else '2' end
            when 'nominal_growth' then '1'
            when 'contribution_share' then '2'
            when 'gdp_share' then '5'
            when 'expenditure_per_head' then '6'
            when 'personnel' then '7'
            when 'personnel_share' then '8a'
            when 'equipment_share' then '8a'
            when 'infrastructure_share' then '8b'
            when 'other_share' then '8b'
            when 'gap_to_target' then case unit when 'percent' then '3' else '2' end
            else case target_id when 'equipment_20' then '8a' else '3' end
        end as table_needed
    from dim_claim as claims
),

-- 2.7 less 0.05 is 2.65, and not a last bit more.
bounded as (
    select asked.*, round(1e9 * least_exactly) / 1e9 as least, round(1e9 * most_exactly) / 1e9 as most
    from asked
),

candidates as (
    select
        asked.*,
        asked.price_basis as claimed_price_basis,
        asked.price_base_year as claimed_base_year,
        editions.edition_id,
        editions.has_figures,
        coalesce(concat(',', editions.tables_held, ',') like concat('%,', asked.table_needed, ',%'), false) as has_table,
        own.edition_id as own_edition_id,
        own.edition_title as own_edition_title,
        own.has_figures as own_edition_held,
        coalesce(own.edition_id = editions.edition_id, false) as is_own_edition
    from bounded as asked
    left join own_editions using (claim_id)
    left join dim_edition as own on own.edition_id = own_editions.own_edition_id
    inner join dim_edition as editions
        on editions.edition_id = own.edition_id
        or (editions.publisher = 'NATO' and editions.has_figures
            and asked.year between editions.first_year and editions.last_year)
),

rounded as (
    select
        candidates.* exclude (price_basis, price_base_year),
        readings.reading,
        readings.price_basis,
        readings.figure_half_step,
        case readings.reading
            when 'published' then 'as published'
            when 'recomputed'
                then case candidates.metric when 'gap_to_target' then 'by the GDP of Table 5'
                    else 'recomputed from constant prices' end
            when 'members_of_year' then 'members of that year only'
            when 'like_for_like' then 'like for like, members of both years'
            when 'this_years_members' then 'like for like, members of this year'
            when 'national' then 'in national currency'
            when 'points' then 'in points of GDP'
            else concat('at ', readings.reading, ' prices')
        end as basis,
        case readings.reading
            when 'published' then 1 when 'constant' then 1 when 'recomputed' then 2 when 'current' then 2
            when 'like_for_like' then 3 else 4
        end as position,
        case
            when readings.reading is null then null
            when claimed_base_year is not null and claimed_base_year <> readings.price_base_year then false
            when claimed_price_basis is null or readings.price_basis is null then readings.is_plain_reading
            when metric = 'expenditure' then readings.price_basis = claimed_price_basis
            else readings.is_plain_reading and readings.price_basis = claimed_price_basis
        end as is_plain,
        readings.figure_low as low,
        readings.figure_high as high,
        round(scale * readings.figure_low) / scale as rounded_low,
        readings.figure_low > least or (readings.figure_low = least and least_counts) or least is null as low_is_enough,
        readings.figure_low < most or (readings.figure_low = most and most_counts) or most is null as low_is_no_more,
        coalesce(readings.figure_high > least or (readings.figure_high = least and least_counts), true) as high_is_enough,
        most is null or coalesce(readings.figure_high < most or (readings.figure_high = most and most_counts), false)
            as high_is_no_more,
        coalesce(comparator = 'plain' and step < 1.9 * readings.figure_half_step
            and readings.figure_low + readings.figure_half_step >= least
            and readings.figure_low - readings.figure_half_step <= most, false) as is_finer_than_print
    from candidates
    left join fct_claim_reading as readings using (claim_id, edition_id)
),

-- One digit more than the claim has; three where that one is a 5 from rounding, beside which a claim that holds
-- would look wrong.
compared as (
    select
        *,
        case
            when low is null then null
            when low_is_enough and high_is_no_more then 'holds'
            when not low_is_no_more or not high_is_enough
                then case when is_finer_than_print then 'undecided' else 'differs' end
            else 'undecided'
        end as reading_verdict,
        case
            when value_to is not null and low > value_to then low - value_to
            when low > value or high is null or low = high then low - value
            when high < value then high - value
            else 0
        end as difference,
        pow(10, greatest(decimals, 0)) * case
            when low_is_enough and low_is_no_more
                and abs(round(10 * scale * low) / (10 * scale) - rounded_low) > 0.49 * pow(10, -decimals) then 1000
            else 10
        end as shown_scale,
        pow(10, greatest(decimals, 2)) as said_scale
    from rounded
),

written as (
    select
        *,
        case
            when unit = 'boolean' and claim_kind = 'since'
                then case when low <> high then 'open' when low = 1 then 'so' else 'not so' end
            when unit = 'boolean' then case when low <> high then 'unknown' when low = 1 then 'met' else 'not met' end
            when unit in ('count', 'rank', 'years')
                then concat(
                    cast(cast(round(low) as bigint) as varchar),
                    case when high is null then ' or more'
                        when low <> high then concat(' to ', cast(cast(round(high) as bigint) as varchar)) else '' end
                )
            when high is null then concat(cast(round(shown_scale * low) / shown_scale as varchar), ' or more')
            else cast(round(shown_scale * low) / shown_scale as varchar)
        end as shown,
        concat(
            case comparator
                when 'about' then 'about ' when 'times_about' then 'about ' when 'nearly' then 'nearly '
                when 'times_nearly' then 'nearly ' when 'fraction_nearly' then 'nearly ' when 'more_than' then 'more than '
                when 'less_than' then 'less than ' when 'at_least' then 'at least ' when 'at_most' then 'at most '
                else ''
            end,
            case
                when unit = 'boolean' and claim_kind = 'since' then case when value = 1 then 'so' else 'not so' end
                when unit = 'boolean' then case when value = 1 then 'met' else 'not met' end
                when unit in ('count', 'rank', 'years') or decimals <= 0 and value = round(value)
                    then cast(cast(round(value) as bigint) as varchar)
                else cast(round(said_scale * value) / said_scale as varchar)
            end,
            case
                when value_to is null then ''
                when unit in ('count', 'rank', 'years')
                    then concat(' to ', cast(cast(round(value_to) as bigint) as varchar))
                else concat(' to ', cast(round(said_scale * value_to) / said_scale as varchar))
            end
        ) as claim_shown
    from compared
),

phrased as (
    select
        *,
        concat(basis, ' (', shown, ')') as phrase,
        row_number() over (
            partition by claim_id, edition_id
            order by is_plain desc nulls last, reading_verdict <> 'holds', abs(difference), position
        ) as plain_order,
        row_number() over (
            partition by claim_id, edition_id
            -- A difference beyond what is shown does not make another reading the closer one.
            order by reading_verdict <> 'holds', round(10 * scale * abs(difference)), is_plain desc, position
        ) as closeness
    from written
),

-- A row of the edition's without the year: what is stated of it may be right, and the edition cannot say.
given as (
    select distinct edition_id, metric, unit, entity_code, year
    from fct_reading
    where figure is not null
),

holes as (
    select series.edition_id, series.metric, series.unit, series.entity_code, years.year
    from (select distinct edition_id, metric, unit, entity_code from given) as series
    inner join (select distinct edition_id, metric, unit, year from given) as years
        on years.edition_id = series.edition_id and years.metric = series.metric and years.unit = series.unit
    anti join given
        on given.edition_id = series.edition_id
        and given.metric = series.metric
        and given.unit = series.unit
        and given.entity_code = series.entity_code
        and given.year = years.year
),

open_claims as (
    select distinct asked.claim_id, holes.edition_id
    from asked
    inner join holes
        on holes.metric = asked.metric
        and (holes.entity_code = asked.scope or holes.entity_code = asked.against)
        and (holes.year = asked.year or holes.year = asked.year_from)
        and (holes.unit = 'EUR billion') = (asked.unit = 'EUR billion')
    where asked.claim_kind in ('value', 'compare', 'diff', 'change')
),

-- Apart from the texts below: Spark cannot count what is distinct beside string_agg.
price_bases as (
    select
        claim_id,
        edition_id,
        count(distinct price_basis) filter (is_plain) as plain_bases
    from compared
    group by claim_id, edition_id
),

verdicts as (
    select
        claim_id,
        edition_id,
        any_value(is_own_edition) as is_own_edition, any_value(own_edition_id) as own_edition_id,
        any_value(own_edition_held) as own_edition_held, any_value(own_edition_title) as own_edition_title,
        any_value(has_figures) as has_figures, any_value(has_table) as has_table, any_value(table_needed) as table_needed,
        any_value(claimed_base_year) as claimed_base_year,
        any_value(claim_kind) as claim_kind, any_value(metric) as metric, any_value(scope) as scope, any_value(against) as against,
        any_value(year) as year, any_value(target_id) as target_id, any_value(unit) as unit,
        any_value(scale) as scale, any_value(value) as claimed_value, any_value(claim_shown) as claim_shown,
        case
            when count(*) filter (is_plain and reading_verdict = 'holds') > 0 then 'holds'
            when count(*) filter (is_plain and reading_verdict = 'undecided') > 0 then 'undecided'
            when any_value(plain_bases) < any_value(bases_expected)
                and count(*) filter (is_plain and reading_verdict = 'differs') > 0 then 'undecided'
            when count(*) filter (is_plain and reading_verdict = 'differs') > 0 then 'differs'
            when any_value(open_claims.claim_id) is not null then 'undecided'
            else 'cannot_tell'
        end as verdict,
        coalesce(max(case when is_plain and reading_verdict = 'undecided' and is_finer_than_print then 1 else 0 end), 0)
            = 1 as is_finer,
        max(basis) filter (is_plain and plain_order = 1 and low is not null) as basis,
        max(low) filter (is_plain and plain_order = 1 and low is not null) as figure_low,
        max(high) filter (is_plain and plain_order = 1 and low is not null) as figure_high,
        max(difference) filter (is_plain and plain_order = 1 and low is not null) as difference,
        max(basis) filter (closeness = 1 and low is not null) as closest_basis,
        max(case when low = high then low end) filter (closeness = 1 and low is not null) as closest_value,
        max(difference) filter (closeness = 1 and low is not null) as closest_difference,
        string_agg(phrase, ' and ' order by position) filter (is_plain and reading_verdict = 'holds') as holding,
        string_agg(phrase, ' and ' order by position) filter (is_plain and reading_verdict = 'undecided') as open,
        string_agg(phrase, ' and ' order by position) filter (is_plain and reading_verdict = 'differs') as failing,
        string_agg(phrase, ' and ' order by position) filter (not is_plain and reading_verdict = 'holds')
            as otherwise_holding,
        string_agg(phrase, ', ' order by position) filter (not is_plain and reading_verdict <> 'holds')
            as otherwise_failing
    from phrased
    inner join price_bases using (claim_id, edition_id)
    left join open_claims using (claim_id, edition_id)
    group by claim_id, edition_id
)

select
    claim_id,
    edition_id,
    is_own_edition,
    own_edition_id,
    own_edition_held,
    claim_kind,
    metric,
    scope,
    against,
    year,
    target_id,
    unit,
    cast(claimed_value as double) as claimed_value,
    verdict,
    basis,
    case when figure_low = figure_high then cast(figure_low as double) end as figure_value,
    case when figure_low = figure_high then round(scale * cast(figure_low as double)) / scale end as figure_rounded,
    cast(figure_low as double) as figure_low,
    cast(figure_high as double) as figure_high,
    cast(difference as double) as difference,
    closest_basis,
    cast(closest_value as double) as closest_value,
    cast(closest_difference as double) as closest_difference,
    concat_ws(
        ' ',
        case verdict
            when 'holds' then 'Holds ' || holding || coalesce(', not ' || failing, '') || '.'
            when 'undecided'
                then case when open is not null
                    then concat('Undecided ', open, '; the claim says ', claim_shown, case when is_finer
                        then ', finer than the edition prints.'
                        else ', and values that this edition does not give, or a tie, decide.' end)
                    when failing is null then 'Undecided: this edition has the row, and does not give the figure.'
                    else concat('Undecided: it differs ', failing, '; the claim says ', claim_shown, ' and names no ',
                        'prices, and we hold no figure of this edition at the other prices.')
                end
            when 'differs' then concat('Differs ', failing, '; the claim says ', claim_shown, '.')
            else concat('Cannot be told: ', case
                when not has_figures then 'we hold no tables of this edition.'
                when not coalesce(targets.is_measurable, true) then concat('NATO''s tables cannot measure the target ',
                    targets.target_name, '.')
                when metric = 'meets_target' and entities.entity_kind <> 'ally'
                    then 'a target is for an Ally, not for a group.'
                when metric in ('meets_target', 'gap_to_target') and not coalesce(allies.has_armed_forces, true)
                    then 'the target does not apply to an Ally without armed forces.'
                when metric in ('contribution_share', 'gdp_share') and year < allies.accession_year
                    then concat('it joined the Alliance in ', cast(allies.accession_year as varchar), ' only.')
                when claim_kind = 'count' and entities.entity_kind = 'ally' then 'a count is of a group, not of one Ally.'
                when not has_table then concat('Table ', table_needed, ' is not among the tables that we hold of this ',
                    'edition.')
                when claimed_base_year is not null and otherwise_failing is not null
                    then 'this edition has constant prices of another base year.'
                else 'the tables of this edition have no value for it.'
            end)
        end,
        case
            when otherwise_holding is not null and verdict = 'holds' then 'Also ' || otherwise_holding || '.'
            when otherwise_holding is not null
                then concat('It equals the figure ', otherwise_holding, ', which does not prove that it was computed so.')
        end,
        case when otherwise_failing is not null then concat('On other readings: ', otherwise_failing, '.') end,
        case
            when is_own_edition and has_figures then 'This is the edition that the claim comes from.'
            when is_own_edition then 'The claim comes from it.'
            when not own_edition_held
                then concat('The claim comes from ', own_edition_id, ' (', own_edition_title, '), of which we hold no ',
                    'tables.')
            when own_edition_id is not null then concat('The claim comes from ', own_edition_id, '.')
        end
    ) as sentence
from verdicts
left join dim_target as targets using (target_id)
left join dim_entity as entities on entities.entity_code = verdicts.scope
left join dim_ally as allies on allies.entity_code = verdicts.scope
