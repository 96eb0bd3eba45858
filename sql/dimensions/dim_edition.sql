/*
description: The editions of NATO's tables, those that we hold and those that are quoted.
grain: [edition_id]
by_edition: alone
*/
select
    edition_id,
    edition_title,
    publisher,
    published_on,
    first_year,
    last_year,
    price_base_year,
    has_figures,
    revision,
    tables_held,
    source_kind,
    source_file,
    source_sha256,
    landing_page_url,
    download_url,
    credit,
    terms,
    edition_notes
from source_edition
