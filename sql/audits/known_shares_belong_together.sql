/*
description: >-
  On whatever day one asks, what stands in a row of contribution shares belongs together - a share is its part of its
  whole, and the burden gap the difference of the two; and all rows of a year are of one edition, so that they add up.
advice: compare contribution_share_known with fct_contribution_share of the edition that the row names.
*/
with judged as (
    select
        known.entity_code,
        known.year,
        known.price_basis,
        known.known_from,
        known.edition_id,
        case
            when abs(100 * cast(known.expenditure_usd_m as double) / nullif(known.total_expenditure_usd_m, 0) - known.share_of_total_pct) > 1e-9
                then 'the share is not expenditure over the total'
            when abs(100 * cast(known.gdp_usd_m as double) / nullif(known.alliance_gdp_usd_m, 0) - known.share_of_alliance_gdp_pct) > 1e-9
                then 'the share of GDP is not GDP over that of the Alliance'
            when abs(known.share_of_total_pct - known.share_of_alliance_gdp_pct - known.burden_gap_pp) > 1e-9
                or (
                    known.burden_gap_pp is null
                    and known.share_of_total_pct is not null
                    and known.share_of_alliance_gdp_pct is not null
                )
                then 'the burden gap is not the difference of the shares'
            when min(known.edition_id) over of_a_year <> max(known.edition_id) over of_a_year
                then 'the year has rows of several editions'
        end as broken_identity
    from contribution_share_known as known
    window of_a_year as (partition by known.year, known.price_basis, known.known_from)
)

select
    entity_code,
    year,
    price_basis,
    known_from,
    edition_id,
    broken_identity
from judged
where broken_identity is not null
