/*
description: >-
  Each public claim against each edition that covers its year, and against its own edition. The verdict
  goes by the plain reading of the claim - the figure as published, on the price basis that it names, or
  on either where it names none. Other readings stand beside it as the closest basis and in the sentence:
  that one of them equals the claim does not prove that the claim was computed so. Where a claim names no
  prices and the edition's figure is held at one price basis only, a difference leaves it undecided.
grain: [claim_id, edition_id]
*/
with growth as (
    select
        edition_id,
        'real_growth' as metric,
        entity_code as scope,
        year,
        null as target_id,
        reading.position,
        reading.basis,
        reading.position = 1 or (reading.position = 2 and real_growth_published_pct is null) as is_plain,
        'constant' as price_basis,
        case reading.position
            when 1 then real_growth_published_pct
            when 2 then real_growth_pct
            when 3 then like_for_like_growth_pct
            else this_years_members_growth_pct
        end as figure
    from fct_growth
    cross join (
        values
            (1, 'as published'),
            (2, 'recomputed from constant prices'),
            (3, 'like for like, members of both years'),
            (4, 'like for like, members of this year')
    ) as reading (position, basis)
),

shares as (
    select
        edition_id,
        measured.metric,
        entity_code as scope,
        year,
        null as target_id,
        case price_basis when 'constant' then 1 else 2 end as position,
        concat('at ', price_basis, ' prices') as basis,
        true as is_plain,
        price_basis,
        case measured.metric
            when 'contribution_share' then share_of_total_pct
            when 'gdp_share' then share_of_alliance_gdp_pct
            else expenditure_usd_m
        end as figure
    from fct_contribution_share
    cross join (values ('contribution_share'), ('gdp_share'), ('expenditure')) as measured (metric)
),

shares_of_gdp as (
    select
        recomputed.edition_id,
        'defence_share_of_gdp' as metric,
        recomputed.entity_code as scope,
        recomputed.year,
        null as target_id,
        reading.position,
        reading.basis,
        reading.position = 1 or published.value is null as is_plain,
        'constant' as price_basis,
        case
            when reading.position = 1 then published.value
            when gdp_source = 'published' or published.value is null
                then 100 * cast(expenditure_usd_m as double) / gdp_usd_m
        end as figure
    from fct_contribution_share as recomputed
    left join fct_observation as published
        on published.edition_id = recomputed.edition_id
        and published.entity_code = recomputed.entity_code
        and published.year = recomputed.year
        and published.measure = 'defence_share_of_gdp'
        and not published.repeats
    cross join (values (1, 'as published'), (2, 'recomputed from constant prices')) as reading (position, basis)
    where recomputed.price_basis = 'constant'
),

judged as (
    select
        compliance.*,
        members.group_code,
        members.last_year is null as is_present,
        compliance.year between members.first_year and coalesce(members.last_year, compliance.year) as is_in,
        count(meets_target_recomputed) over (partition by edition_id, year, target_id) > 0 as can_recompute
    from fct_target_compliance as compliance
    inner join dim_group_member as members using (entity_code)
    where compliance_status <> 'not_applicable'
),

read_judgements as (
    select
        judged.*,
        reading.position,
        reading.basis,
        case reading.position when 2 then meets_target_recomputed else meets_target end as meets
    from judged
    cross join (
        values
            (1, 'as published'),
            (2, 'recomputed from constant prices'),
            (3, 'members of that year only')
    ) as reading (position, basis)
    where case reading.position when 1 then is_present when 2 then is_present and can_recompute else is_in end
),

counts as (
    select
        edition_id,
        'allies_meeting_target' as metric,
        group_code as scope,
        year,
        target_id,
        position,
        basis,
        position = 1 as is_plain,
        null as price_basis,
        count(*) filter (meets) as low,
        count(*) filter (coalesce(meets, true)) as high,
        count(meets) as known
    from read_judgements
    group by all
),

single_judgements as (
    select
        compliance.*,
        reading.position,
        reading.basis,
        case reading.position when 1 then meets_target else meets_target_recomputed end as meets
    from fct_target_compliance as compliance
    cross join (values (1, 'as published'), (2, 'recomputed from constant prices')) as reading (position, basis)
    where case reading.position
        when 1 then null_reason_code is null or null_reason_code = 'no_value_given'
        else meets_target_recomputed is not null
    end
),

single_allies as (
    select
        edition_id,
        'meets_target' as metric,
        entity_code as scope,
        year,
        target_id,
        position,
        basis,
        position = 1 as is_plain,
        null as price_basis,
        cast(coalesce(meets, false) as double) as low,
        cast(coalesce(meets, true) as double) as high
    from single_judgements
),

figures as (
    select
        edition_id, metric, scope, year, target_id, position, basis, is_plain, price_basis, figure
    from growth
    union all
    select
        edition_id, metric, scope, year, target_id, position, basis, is_plain, price_basis, figure
    from shares
    union all
    select
        edition_id, metric, scope, year, target_id, position, basis, is_plain, price_basis, figure
    from shares_of_gdp
),

readings as (
    select
        edition_id, metric, scope, year, target_id, position, basis, is_plain, price_basis, figure as low, figure as high
    from figures
    union all
    select edition_id, metric, scope, year, target_id, position, basis, is_plain, price_basis, low, high
    from counts
    where known > 0
    union all
    select edition_id, metric, scope, year, target_id, position, basis, is_plain, price_basis, low, high
    from single_allies
),

own_editions as (
    select
        claims.claim_id,
        min(editions.edition_id) as own_edition_id
    from dim_claim as claims
    inner join dim_edition as editions on editions.published_on = claims.published_on and editions.publisher = 'NATO'
    group by claims.claim_id
),

candidates as (
    select
        claims.*,
        claims.price_basis as claimed_price_basis,
        editions.edition_id,
        editions.has_figures,
        own.edition_id as own_edition_id,
        own.edition_title as own_edition_title,
        own.has_figures as own_edition_held,
        coalesce(own.edition_id = editions.edition_id, false) as is_own_edition,
        case claims.unit when 'USD billion' then 1000.0::double else 1.0::double end as divisor,
        pow(10, claims.decimals) as scale
    from dim_claim as claims
    left join own_editions using (claim_id)
    left join dim_edition as own on own.edition_id = own_editions.own_edition_id
    inner join dim_edition as editions
        on editions.edition_id = own.edition_id
        or (editions.publisher = 'NATO' and editions.has_figures
            and claims.year between editions.first_year and editions.last_year)
),

rounded as (
    select
        candidates.* exclude (price_basis),
        readings.price_basis,
        readings.position,
        readings.basis,
        readings.is_plain and coalesce(claimed_price_basis = readings.price_basis, true) as is_plain,
        readings.low / divisor as low,
        readings.high / divisor as high,
        round(scale * (readings.low / divisor)) / scale as rounded_low,
        round(scale * (readings.high / divisor)) / scale as rounded_high,
        round(scale * candidates.value) / scale as rounded_claim
    from candidates
    left join readings
        on readings.edition_id = candidates.edition_id
        and readings.metric = candidates.metric
        and readings.scope = candidates.scope
        and readings.year = candidates.year
        and readings.target_id is not distinct from candidates.target_id
),

-- One digit more than the claim has; three where that one is a 5 from rounding, beside which a claim that holds
-- would look wrong.
scaled as (
    select
        *,
        scale * case
            when rounded_low = rounded_claim
                and abs(round(10 * scale * low) / (10 * scale) - rounded_low) > 0.49 * pow(10, -decimals) then 1000
            else 10
        end as shown_scale
    from rounded
),

compared as (
    select
        *,
        case
            when rounded_low is null then null
            when rounded_low = rounded_high and rounded_low = rounded_claim then 'holds'
            when value between rounded_low and rounded_high then 'undecided'
            else 'differs'
        end as reading_verdict,
        case
            when value < rounded_low then low - value
            when value > rounded_high then high - value
            when rounded_low = rounded_high then low - value
            else 0
        end as difference,
        case unit
            when 'boolean' then case when low <> high then 'unknown' when low = 1 then 'met' else 'not met' end
            when 'count'
                then concat_ws(
                    ' to ',
                    cast(cast(round(low) as bigint) as varchar),
                    case when low <> high then cast(cast(round(high) as bigint) as varchar) end
                )
            else cast(round(shown_scale * low) / shown_scale as varchar)
        end as shown,
        case unit
            when 'boolean' then case when value = 1 then 'met' else 'not met' end
            when 'count' then cast(cast(round(value) as bigint) as varchar)
            else case when decimals = 0 then cast(cast(round(value) as bigint) as varchar) else cast(value as varchar) end
        end as claim_shown
    from scaled
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
    from compared
),

-- Apart from the texts below: Spark cannot count what is distinct beside string_agg.
price_bases as (
    select
        claim_id,
        edition_id,
        count(distinct price_basis) filter (is_plain) as plain_bases,
        count(distinct price_basis) filter (is_plain and reading_verdict = 'differs') as differing_bases
    from compared
    group by claim_id, edition_id
),

verdicts as (
    select
        claim_id,
        edition_id,
        any_value(is_own_edition) as is_own_edition, any_value(own_edition_id) as own_edition_id,
        any_value(own_edition_held) as own_edition_held, any_value(own_edition_title) as own_edition_title,
        any_value(has_figures) as has_figures, any_value(metric) as metric, any_value(scope) as scope,
        any_value(year) as year, any_value(target_id) as target_id, any_value(unit) as unit,
        any_value(scale) as scale, any_value(value) as claimed_value, any_value(claim_shown) as claim_shown,
        case
            when count(*) filter (is_plain and reading_verdict = 'holds') > 0 then 'holds'
            when count(*) filter (is_plain and reading_verdict = 'undecided') > 0 then 'undecided'
            when any_value(plain_bases) > any_value(differing_bases)
                and count(*) filter (is_plain and reading_verdict = 'differs') > 0 then 'undecided'
            when count(*) filter (is_plain and reading_verdict = 'differs') > 0 then 'differs'
            else 'cannot_be_computed'
        end as verdict,
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
    group by claim_id, edition_id
)

select
    claim_id,
    edition_id,
    is_own_edition,
    own_edition_id,
    own_edition_held,
    metric,
    scope,
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
                    then concat('Undecided ', open, '; the claim says ', claim_shown, ', and values that this edition ',
                        'does not give decide.')
                    else concat('Undecided: it differs ', failing, '; the claim says ', claim_shown, ' and names no ',
                        'prices, and we hold no figure of this edition at the other prices.')
                end
            when 'differs' then concat('Differs ', failing, '; the claim says ', claim_shown, '.')
            else concat('Cannot be computed: ', case when has_figures then 'no table that we hold of this edition gives it.'
                else 'we hold no tables of this edition.' end)
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
