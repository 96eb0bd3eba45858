/*
description: >-
  Who drove a group's real growth, in points. The contributions of the members of both years add to the
  like-for-like growth; what the others changed by joining or leaving adds to the accession effect; with
  fct_growth.rounding_residual_pp they give the published figure. Where a member's figure is missing, what
  each contributes is undecided. Editions without constant prices, and years without a year before, have no
  rows. A contribution contains all that the edition's constant dollars contain - the exchange rates of the
  base year as weights, the prices of GDP as deflator, and reclassifications of what counts as defence.
grain: [edition_id, group_code, entity_code, year]
by_edition: alone
audits: [contributions_add_up, known_contributions_belong_together]
as_of: {holds: [contribution_pp], together: [group_code, year]}
*/
with spent as (
    select
        edition_id,
        entity_code,
        year,
        is_estimate,
        price_base_year,
        expenditure_constant_usd_m,
        first_value(expenditure_constant_usd_m) over (
            partition by edition_id, entity_code order by year range between 1 preceding and 1 preceding
        ) as before_usd_m
    from stg_nato_figure
),

memberships as (
    select
        members.group_code,
        spent.*,
        year between first_year and coalesce(last_year, year) as is_in,
        year - 1 between first_year and coalesce(last_year, year) as was_in
    from spent
    inner join dim_group_member as members using (entity_code)
    inner join dim_ally as allies using (entity_code)
    where allies.has_armed_forces
),

counted as (
    select
        *,
        count(expenditure_constant_usd_m) over of_group as figures_now,
        count(before_usd_m) over of_group as figures_before
    from memberships
    where is_in or was_in
    window of_group as (partition by edition_id, group_code, year)
)

select
    counted.edition_id,
    counted.group_code,
    counted.entity_code,
    counted.year,
    counted.is_estimate,
    counted.price_base_year,
    case when is_in and was_in then 'stayed' when is_in then 'joined' else 'left' end as membership_change,
    before_usd_m as expenditure_before_constant_usd_m,
    counted.expenditure_constant_usd_m,
    counted.expenditure_constant_usd_m - before_usd_m as change_constant_usd_m,
    case
        when is_in and was_in
            then 100 * cast(counted.expenditure_constant_usd_m - before_usd_m as double)
                / stayers_before_constant_usd_m
    end as contribution_pp,
    case
        when is_in and not was_in
            then 100 * cast(counted.expenditure_constant_usd_m as double) / members_before_constant_usd_m
        when was_in and not is_in
            -- It takes away what it would have been, had it grown as those who stayed did.
            then -100 * cast(before_usd_m as double) * (1 + like_for_like_growth_pct / 100)
                / members_before_constant_usd_m
    end as accession_effect_pp,
    case when groups.like_for_like_growth_pct is null then 'member_figure_missing' end as null_reason_code
from counted
inner join stg_nato_group_year as groups using (edition_id, group_code, year)
where groups.like_for_like_growth_pct is not null or (figures_now > 0 and figures_before > 0)
