"""The command that lists the editions."""

from __future__ import annotations

import typer

from .opening import open_current
from .output import console, print_table


def editions(context: typer.Context) -> None:
    """List the editions with what we hold of each, its base year, and its headline for its last year."""
    connection = open_current(context.obj, "dim_edition", "edition_headline", "fct_observation")
    table = connection.sql(
        """
        with last_years as (
            select *
            from edition_headline
            qualify row_number() over (partition by edition_id order by year desc) = 1
        )

        select
            editions.edition_id,
            editions.published_on,
            replace(editions.tables_held, ',', ', ') as tables,
            editions.revision,
            (select count(*) from fct_observation as held where held.edition_id = editions.edition_id) as figures,
            editions.price_base_year as prices,
            last_years.year,
            last_years.real_growth_published_pct as real_growth_pct,
            last_years.allies_at_2_pct,
            last_years.allies_at_2_pct_unknown as unknown,
            last_years.us_share_constant_pct as us_share_pct
        from dim_edition as editions
        left join last_years using (edition_id)
        order by editions.published_on
        """
    ).to_arrow_table()
    print_table(table, table.num_rows)
    console.print("Editions without tables are listed because they are quoted. Growth is that of Europe and Canada.")
