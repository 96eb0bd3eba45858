/*
description: >-
  What each edition gives for each public claim, on each reading: the figure itself, or what the claim makes of several
  - a count of Allies, a rank, a ratio, a difference, a change since a year, a run of years, and 1 or 0 for what is so or
  not. Where a figure that the edition does not give could change it, low and high differ; high is null where nothing
  bounds it. Figures that print alike at two decimals are a tie.
grain: [claim_id, edition_id, reading]
by_edition: alone
*/
with series as (
    select
        edition_id, metric, unit, entity_code, year, cast(null as varchar) as target_id, reading, is_plain_reading,
        price_basis, price_base_year, figure as low, case when not leaves_out_members then figure end as high,
        figure_half_step
    from fct_reading
    union all
    select
        edition_id,
        'meets_target' as metric,
        'boolean' as unit,
        entity_code,
        year,
        target_id,
        reading,
        reading = 'published' as is_plain_reading,
        cast(null as varchar) as price_basis,
        cast(null as integer) as price_base_year,
        cast(coalesce(case reading when 'published' then meets_target else meets_target_recomputed end, false) as double)
            as low,
        cast(coalesce(case reading when 'published' then meets_target else meets_target_recomputed end, true) as double)
            as high,
        cast(null as double) as figure_half_step
    from fct_target_compliance
    cross join (values ('published'), ('recomputed')) as readings (reading)
    where case reading
        when 'published' then null_reason_code is null or null_reason_code = 'no_value_given'
        else meets_target_recomputed is not null
    end
    union all
    -- What is short of the target is positive. In dollars by the published share, and by the GDP of Table 5.
    select
        gaps.edition_id,
        'gap_to_target' as metric,
        case given.reading when 'points' then 'percent' else 'USD billion' end as unit,
        gaps.entity_code,
        gaps.year,
        gaps.target_id,
        given.reading,
        given.reading <> 'recomputed' as is_plain_reading,
        case when given.reading <> 'points' then 'current' end as price_basis,
        cast(null as integer) as price_base_year,
        case given.reading
            when 'points' then -gaps.gap_pp
            when 'recomputed' then -gaps.gap_current_usd_m / 1000.0
            else spent.figure * (gaps.threshold_pct / gaps.value_pct - 1)
        end as low,
        case given.reading
            when 'points' then -gaps.gap_pp
            when 'recomputed' then -gaps.gap_current_usd_m / 1000.0
            else spent.figure * (gaps.threshold_pct / gaps.value_pct - 1)
        end as high,
        cast(null as double) as figure_half_step
    from fct_target_compliance as gaps
    cross join (values ('points'), ('published'), ('recomputed')) as given (reading)
    left join fct_reading as spent
        on spent.edition_id = gaps.edition_id and spent.entity_code = gaps.entity_code and spent.year = gaps.year
        and spent.metric = 'expenditure' and spent.unit = 'USD billion' and spent.reading = 'current'
    where gaps.value_pct > 0
        and (given.reading = 'points' or (spent.figure is not null and gaps.gap_current_usd_m is not null)
            or (given.reading = 'published' and spent.figure is not null))
),

asked as (
    select
        claim_id, claim_kind, metric, unit, scope, against, among, year, year_from, target_id, threshold_pct, direction,
        case
            when claim_kind in ('value', 'meets') then unit
            when metric = 'meets_target' then 'boolean'
            when metric = 'expenditure' then 'USD billion'
            when metric = 'personnel' then 'thousand persons'
            when metric = 'expenditure_per_head' then 'USD per head'
            else 'percent'
        end as measured_in
    from dim_claim
),

own as (
    select asked.*, series.* exclude (metric, unit, year, target_id, entity_code)
    from asked
    inner join series
        on series.metric = asked.metric and series.unit = asked.measured_in and series.entity_code = asked.scope
        and series.year = asked.year
        and (series.target_id is null or series.target_id = asked.target_id)
),

beside as (
    select
        own.*,
        other.low as other_low,
        case when own.measured_in = 'percent' and round(100 * own.low) = round(100 * other.low) then true else false end
            as is_tie
    from own
    inner join series as other
        on other.edition_id = own.edition_id and other.metric = own.metric and other.unit = own.measured_in
        and other.reading = own.reading
        and other.entity_code = coalesce(own.against, own.scope)
        and other.year = case when own.against is null then own.year_from else own.year end
    where own.claim_kind in ('compare', 'diff', 'change')
),

since_a_year as (
    select
        asked.claim_id,
        asked.claim_kind,
        asked.unit,
        asked.metric,
        changes.edition_id,
        case changes.price_basis when 'none' then 'published' else changes.price_basis end as reading,
        changes.price_basis,
        changes.price_base_year,
        case asked.metric when 'expenditure' then 1000.0 else 1.0 end as divisor,
        coalesce(changes.like_for_like_base_amount, changes.base_amount) as base_amount,
        coalesce(changes.like_for_like_amount, changes.amount) as amount
    from asked
    inner join fct_growth_since as changes
        on changes.entity_code = asked.scope and changes.year = asked.year and changes.base_year = asked.year_from
        and changes.measure = case asked.metric
            when 'expenditure' then 'defence_expenditure' when 'personnel' then 'military_personnel'
            when 'expenditure_per_head' then 'defence_expenditure_per_capita'
        end
    where asked.claim_kind in ('diff', 'change') and asked.against is null
),

-- Rounded far behind the last printed digit, since 2.05 less 1.70 is a little less than 0.35 in binary.
changed as (
    select
        claim_id, edition_id, reading,
        claim_kind = 'change' or metric <> 'expenditure' or price_basis = 'current' as is_plain_reading,
        price_basis, price_base_year,
        case
            when claim_kind = 'diff' then round(1e9 * cast(amount - base_amount as double) / divisor) / 1e9
            when unit = 'times' then amount / base_amount
            else 100 * (amount / base_amount - 1)
        end as low,
        0 as open_ended
    from since_a_year
    where amount is not null and base_amount is not null
    union all
    select
        claim_id, edition_id, reading, is_plain_reading or claim_kind = 'change' as is_plain_reading, price_basis,
        price_base_year,
        case
            when claim_kind = 'diff' then round(1e9 * (low - other_low)) / 1e9
            when unit = 'percent' then 100 * (low / other_low - 1)
            else low / other_low
        end as low,
        case when is_tie and claim_kind = 'compare' then 1 else 0 end as open_ended
    from beside
    where against is not null or metric not in ('expenditure', 'personnel', 'expenditure_per_head')
),

rivals as (
    select
        own.claim_id, own.edition_id, own.reading, own.is_plain_reading, own.price_basis, own.price_base_year,
        count(*) filter (rival.low is null) as missing,
        count(*) filter (
            case own.direction when 'lowest' then -1 else 1 end
            * (case own.measured_in when 'percent' then round(100 * rival.low) - round(100 * own.low)
                else rival.low - own.low end) > 0
        ) as ahead,
        count(*) filter (own.measured_in = 'percent' and round(100 * rival.low) = round(100 * own.low)) as level_with
    from own
    inner join dim_group_member as members
        on members.group_code = own.among
        and own.year between members.first_year and coalesce(members.last_year, own.year)
        and members.entity_code <> own.scope
    inner join dim_ally as allies on allies.entity_code = members.entity_code and allies.has_armed_forces
    left join series as rival
        on rival.edition_id = own.edition_id and rival.metric = own.metric and rival.unit = own.measured_in
        and rival.reading = own.reading and rival.year = own.year and rival.entity_code = members.entity_code
    where own.claim_kind = 'rank'
    group by all
),

earlier as (
    select
        own.claim_id, own.edition_id, own.reading, own.claim_kind, own.direction, own.is_plain_reading, own.price_basis,
        own.price_base_year, own.year, own.year_from, own.measured_in,
        own.low as own_low, own.high as own_high, before.year as before_year,
        before.low as before_low, before.high as before_high,
        case own.direction when 'lowest' then -1 when 'falling' then -1 else 1 end
        * (case own.measured_in when 'percent' then round(100 * own.low) - round(100 * before.low)
            else own.low - before.low end) as lead
    from own
    inner join series as before
        on before.edition_id = own.edition_id and before.metric = own.metric and before.unit = own.measured_in
        and before.reading = own.reading and before.entity_code = own.scope and before.year <= own.year
        and (before.target_id is null or before.target_id = own.target_id)
    where own.claim_kind in ('since', 'streak')
),

firsts as (
    select
        claim_id, edition_id, reading, is_plain_reading, price_basis, price_base_year,
        case
            when direction = 'every_year'
                then min(case when before_year >= year_from then before_low else 1 end)
            when direction = 'first_meets'
                then case when max(case when before_year = year then before_low else 0 end) = 1
                    and max(case when before_year between year_from and year - 1 then before_high else 0 end) = 0
                    and min(before_year) <= greatest(year_from, 2014) and year_from >= 2014 then 1 else 0 end
            when min(case when before_year > year_from and before_year < year then lead else 1 end) > 0
                and min(before_year) <= year_from + 1 then 1
            else 0
        end as low,
        case
            when direction = 'every_year'
                then min(case when before_year >= year_from then before_high else 1 end)
            when direction = 'first_meets'
                then case when max(case when before_year = year then before_high else 0 end) = 1
                    and max(case when before_year between year_from and year - 1 then before_low else 0 end) = 0
                    then 1 else 0 end
            when min(case when before_year > year_from and before_year < year then lead else 1 end) >= 0 then 1
            else 0
        end as high
    from earlier
    where claim_kind = 'since'
    group by
        claim_id, edition_id, reading, is_plain_reading, price_basis, price_base_year, direction, year, year_from
),

-- The last year that breaks the run for certain, and the last that may.
runs as (
    select
        claim_id, edition_id, reading, is_plain_reading, price_basis, price_base_year, year,
        min(before_year) - 1 as before_data,
        max(case when case direction when 'meets' then before_high when 'falling' then -before_low else before_low end <= 0
            then before_year end) as broken,
        max(case when case direction when 'meets' then before_low when 'falling' then -before_low else before_low end <= 0
            then before_year end) as perhaps_broken
    from earlier
    where claim_kind = 'streak'
    group by claim_id, edition_id, reading, is_plain_reading, price_basis, price_base_year, year
),

targets_met as (
    select
        asked.claim_id,
        asked.metric,
        asked.year,
        members.group_code,
        compliance.edition_id,
        compliance.meets_target,
        compliance.meets_target_recomputed,
        members.last_year is null as is_present,
        compliance.year between members.first_year and coalesce(members.last_year, compliance.year) as is_in,
        count(compliance.meets_target_recomputed) over (partition by compliance.edition_id, compliance.year,
            compliance.target_id) > 0 as can_recompute
    from asked
    inner join fct_target_compliance as compliance
        on compliance.target_id = asked.target_id and compliance.year = asked.year
    inner join dim_group_member as members
        on members.entity_code = compliance.entity_code and members.group_code = asked.scope
    where asked.claim_kind = 'count' and compliance.compliance_status <> 'not_applicable'
),

above as (
    select
        asked.claim_id,
        asked.metric,
        given.edition_id,
        'published' as reading,
        case asked.direction
            when 'over' then round(100 * own.low) > round(100 * asked.threshold_pct)
            else round(100 * own.low) >= round(100 * asked.threshold_pct)
        end as meets
    from asked
    inner join (
        select distinct edition_id, year from fct_reading where metric = 'defence_share_of_gdp' and reading = 'published'
    ) as given on given.year = asked.year
    inner join dim_group_member as members on members.group_code = asked.scope and members.last_year is null
    -- Whom the edition could not know is not missing from it.
    inner join (
        select edition_id, entity_code, year from fct_target_compliance where target_id = 'gdp_2'
    ) as spine
        on spine.edition_id = given.edition_id
        and spine.entity_code = members.entity_code
        and spine.year = given.year
    inner join dim_ally as allies on allies.entity_code = members.entity_code and allies.has_armed_forces
    left join series as own
        on own.edition_id = given.edition_id and own.metric = 'defence_share_of_gdp' and own.reading = 'published'
        and own.entity_code = members.entity_code and own.year = asked.year
    where asked.claim_kind = 'count' and asked.threshold_pct is not null
),

judgements as (
    select
        claim_id, metric, edition_id, reading,
        case reading when 'recomputed' then meets_target_recomputed else meets_target end as meets
    from targets_met
    cross join (values ('published'), ('recomputed'), ('members_of_year')) as readings (reading)
    where case reading
        when 'published' then is_present when 'recomputed' then is_present and can_recompute else is_in
    end
    union all
    select claim_id, metric, edition_id, reading, meets
    from above
),

counts as (
    select
        claim_id, edition_id, reading,
        count(*) filter (case metric when 'allies_below_target' then not meets else meets end) as low,
        count(*) filter (coalesce(case metric when 'allies_below_target' then not meets else meets end, true)) as high,
        count(meets) as known
    from judgements
    group by claim_id, metric, edition_id, reading
),

found as (
    select
        claim_id, edition_id, reading, is_plain_reading, price_basis, price_base_year,
        cast(low as double) as figure_low, cast(high as double) as figure_high, figure_half_step
    from own
    where claim_kind in ('value', 'meets')
    union all
    select
        claim_id, edition_id, reading, is_plain_reading, price_basis, price_base_year,
        cast(case open_ended when 1 then least(low, 1) else low end as double) as figure_low,
        cast(case open_ended when 1 then greatest(low, 1.01) else low end as double) as figure_high,
        null as figure_half_step
    from changed
    union all
    select
        claim_id, edition_id, reading, is_plain_reading, price_basis, price_base_year,
        cast(1 + ahead as double) as figure_low, cast(1 + ahead + level_with + missing as double) as figure_high,
        null as figure_half_step
    from rivals
    union all
    select
        claim_id, edition_id, reading, is_plain_reading, price_basis, price_base_year,
        cast(low as double) as figure_low, cast(high as double) as figure_high, null as figure_half_step
    from firsts
    union all
    select
        claim_id, edition_id, reading, is_plain_reading, price_basis, price_base_year,
        cast(year - coalesce(perhaps_broken, before_data) as double) as figure_low,
        cast(case when broken is not null then year - broken end as double) as figure_high, null as figure_half_step
    from runs
    union all
    select
        claim_id, edition_id, reading, reading = 'published' as is_plain_reading, null as price_basis,
        null as price_base_year, cast(low as double) as figure_low, cast(high as double) as figure_high,
        null as figure_half_step
    from counts
    where known > 0
)

select
    claim_id, edition_id, reading, is_plain_reading, price_basis, price_base_year, figure_low, figure_high,
    figure_half_step
from found
