/*
description: >-
  Who belongs to the Alliance, and in which years - from the year of accession through the year before
  the one in which it left.
grain: [entity_code]
*/
select
    entity_code,
    member_from as accession_date,
    cast(year(member_from) as integer) as first_year,
    cast(year(member_to) - 1 as integer) as last_year
from seed_membership
where group_code = 'NATO'
