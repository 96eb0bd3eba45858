/*
description: Published cells of NATO known to deviate from the arithmetic, by name, with the reason.
grain: [edition_id, relation_id, entity_code, year]
*/
select
    edition_id,
    relation_id,
    entity_code,
    year,
    reason
from seed_exception
