/*
description: >-
  The four categories of expenditure in dollars - equipment, personnel, infrastructure, other - for each Ally,
  aggregate and computed group at both price bases, which is their published share (Tables 8) times expenditure
  (Table 2). A group is the sum of its members of the year, given where every one of them is. growth_pct is an
  Ally's own, and of a group that of the members of both years; as_summed_growth_pct mixes joining and leaving in.
  Real at constant prices. Editions without dollars have shares alone.
grain: [edition_id, entity_code, year, category, price_basis]
by_edition: alone
as_of: {holds: [category_usd_m], together: [entity_code, year, price_basis]}
*/
with categories (category, price_basis) as (
    values
        ('equipment', 'constant'),
        ('equipment', 'current'),
        ('personnel', 'constant'),
        ('personnel', 'current'),
        ('infrastructure', 'constant'),
        ('infrastructure', 'current'),
        ('other', 'constant'),
        ('other', 'current')
),

allies as (
    select
        figures.edition_id,
        figures.entity_code,
        figures.year,
        category,
        price_basis,
        figures.is_estimate,
        figures.is_member,
        figures.price_base_year,
        case price_basis
            when 'constant' then expenditure_constant_usd_m
            else expenditure_current_usd_m
        end as expenditure_usd_m,
        case category
            when 'equipment' then equipment_share_pct
            when 'personnel' then personnel_share_pct
            when 'infrastructure' then infrastructure_share_pct
            else other_share_pct
        end as category_share_pct
    from stg_nato_whole_figure as figures
    inner join dim_ally as states using (entity_code)
    cross join categories
    where states.has_armed_forces
),

in_dollars as (
    select
        *,
        expenditure_usd_m * category_share_pct / 100 as category_usd_m
    from allies
),

with_year_before as (
    select
        *,
        first_value(category_usd_m) over (
            partition by edition_id, entity_code, category, price_basis
            order by year range between 1 preceding and 1 preceding
        ) as before_usd_m
    from in_dollars
),

members as (
    select
        groups.group_code,
        spent.*,
        spent.year >= groups.first_year and spent.year <= coalesce(groups.last_year, spent.year) as is_in,
        spent.year > groups.first_year and spent.year - 1 <= coalesce(groups.last_year, spent.year) as was_in
    from with_year_before as spent
    inner join dim_group_member as groups using (entity_code)
),

sums as (
    select
        edition_id,
        group_code,
        year,
        category,
        price_basis,
        any_value(is_estimate) as is_estimate,
        any_value(price_base_year) as price_base_year,
        count(*) filter (is_in) as member_count,
        count(*) filter (was_in) as members_before,
        count(category_usd_m) filter (is_in) as given,
        count(before_usd_m) filter (was_in) as given_before,
        sum(category_usd_m) filter (is_in) as category_sum,
        sum(expenditure_usd_m) filter (is_in) as expenditure_sum,
        sum(before_usd_m) filter (was_in) as before_sum,
        count(*) filter (is_in and was_in) as stayers,
        count(category_usd_m + before_usd_m) filter (is_in and was_in) as stayers_given,
        sum(category_usd_m) filter (is_in and was_in) as stayers_now,
        sum(before_usd_m) filter (is_in and was_in) as stayers_before
    from members
    group by edition_id, group_code, year, category, price_basis
),

everybody as (
    select
        edition_id, entity_code, year, category, price_basis, is_estimate, is_member, price_base_year,
        expenditure_usd_m, category_usd_m, category_share_pct, before_usd_m as own_before_usd_m,
        null as summed_before_usd_m, null as like_for_like_usd_m, null as like_for_like_before_usd_m, false as is_group
    from with_year_before
    union all
    select
        edition_id, group_code as entity_code, year, category, price_basis, is_estimate, true as is_member, price_base_year,
        case when given = member_count then expenditure_sum end as expenditure_usd_m,
        case when given = member_count then category_sum end as category_usd_m,
        case when given = member_count then 100 * cast(category_sum as double) / nullif(expenditure_sum, 0) end
            as category_share_pct,
        null as own_before_usd_m,
        case when given_before = members_before then before_sum end as summed_before_usd_m,
        case when stayers_given = stayers then stayers_now end as like_for_like_usd_m,
        case when stayers_given = stayers then stayers_before end as like_for_like_before_usd_m,
        true as is_group
    from sums
    where member_count > 0
),

editions as (
    select
        edition_id,
        price_basis,
        count(expenditure_usd_m) > 0 as has_dollars
    from allies
    group by edition_id, price_basis
)

select
    everybody.edition_id,
    everybody.entity_code,
    everybody.year,
    everybody.category,
    everybody.price_basis,
    everybody.is_estimate,
    everybody.is_member,
    everybody.price_base_year,
    everybody.category_usd_m,
    everybody.expenditure_usd_m,
    everybody.category_share_pct,
    case when is_group then 'like for like' else 'own figures' end as growth_basis,
    100 * (cast(coalesce(like_for_like_usd_m, case when not is_group then category_usd_m end) as double)
        / nullif(coalesce(like_for_like_before_usd_m, own_before_usd_m), 0) - 1) as growth_pct,
    100 * (cast(like_for_like_usd_m as double) / nullif(like_for_like_before_usd_m, 0) - 1) as like_for_like_growth_pct,
    100 * (cast(case when is_group then category_usd_m end as double) / nullif(summed_before_usd_m, 0) - 1)
        as as_summed_growth_pct,
    everybody.like_for_like_usd_m,
    everybody.like_for_like_before_usd_m,
    case
        when not editions.has_dollars then 'no_dollars_held'
        when category_usd_m is null and is_group then 'member_figure_missing'
        when category_usd_m is null then 'no_value_given'
    end as null_reason_code
from everybody
inner join editions using (edition_id, price_basis)
