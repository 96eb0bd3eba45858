/*
description: >-
  What the words beside a publisher's figure, or beside that of the one from whom it is taken, say of its difference, by
  the rules of footnote_rules.csv; the first rule that fits counts.
grain: [publisher, entity_code, year, measure, unit]
*/
with found as (
    select
        pairs.publisher,
        pairs.entity_code,
        pairs.year,
        pairs.measure,
        pairs.unit,
        rules.difference_code,
        row_number() over (
            partition by pairs.publisher, pairs.entity_code, pairs.year, pairs.measure, pairs.unit
            order by rules.priority, rules.rule_id
        ) as position
    from stg_publisher_pair as pairs
    inner join seed_footnote_rule as rules
        on rules.publisher = coalesce(pairs.source_publisher, pairs.publisher)
        and lower(coalesce(pairs.source_marks, pairs.marks)) like lower(rules.footnote_words)
)

select publisher, entity_code, year, measure, unit, difference_code
from found
where position = 1
