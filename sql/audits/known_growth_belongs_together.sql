/*
description: >-
  On whatever day one asks, what stands in a row of growth belongs together - like-for-like growth, accession
  effect and residual are the published growth; the yearly average leads to the cumulative growth; nominal and real
  growth are of one edition; dollars and growth like for like are those of the edition that their columns name.
advice: >-
  compare growth_known with fct_growth of the editions that the row names; the header of fct_growth says which columns
  go together.
*/
with years as (
    select
        edition_id,
        entity_code,
        year,
        nominal_growth_lcu_pct,
        nominal_growth_usd_pct,
        real_growth_published_pct,
        expenditure_constant_usd_m,
        price_base_year,
        is_estimate,
        like_for_like_growth_pct,
        year - first_value(year) over (partition by edition_id, entity_code order by year) as years_since_first
    from fct_growth
),

judged as (
    select
        known.entity_code,
        known.year,
        known.known_from,
        known.edition_id,
        case
            when abs(
                known.like_for_like_growth_pct + known.accession_effect_pp + known.rounding_residual_pp
                - coalesce(known.real_growth_published_pct, known.real_growth_pct)
            ) > 1e-9 then 'like for like, accession and residual are not the growth'
            when abs(
                100 * (pow(1 + known.average_real_growth_pct / 100, own.years_since_first) - 1)
                - known.cumulative_real_growth_pct
            ) > 1e-6 then 'the average is not that of the cumulative growth'
            when own.edition_id is null
                or own.is_estimate <> known.is_estimate
                or own.nominal_growth_lcu_pct is distinct from known.nominal_growth_lcu_pct
                or own.nominal_growth_usd_pct is distinct from known.nominal_growth_usd_pct
                or own.real_growth_published_pct is distinct from known.real_growth_published_pct
                then 'nominal and real growth are not of one edition'
            when known.expenditure_constant_usd_m is not null
                and (
                    dollars.expenditure_constant_usd_m is distinct from known.expenditure_constant_usd_m
                    or dollars.price_base_year is distinct from known.price_base_year
                    or dollars.is_estimate is distinct from known.dollars_is_estimate
                )
                then 'dollars and base year are not of the edition that is named'
            when known.like_for_like_growth_pct is not null
                and (
                    members.like_for_like_growth_pct is distinct from known.like_for_like_growth_pct
                    or members.is_estimate is distinct from known.like_for_like_is_estimate
                )
                then 'growth like for like is not of the edition that is named'
        end as broken_identity
    from growth_known as known
    left join years as own
        on own.edition_id = known.edition_id
        and own.entity_code = known.entity_code
        and own.year = known.year
    left join years as dollars
        on dollars.edition_id = known.dollars_edition_id
        and dollars.entity_code = known.entity_code
        and dollars.year = known.year
    left join years as members
        on members.edition_id = known.like_for_like_edition_id
        and members.entity_code = known.entity_code
        and members.year = known.year
)

select
    entity_code,
    year,
    known_from,
    edition_id,
    broken_identity
from judged
where broken_identity is not null
