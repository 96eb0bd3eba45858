/*
description: >-
  The revisions of each edition, in the order of what they are - a transcription before a workbook, then
  by the document's own date. Facts show the current one; fct_superseded_observation keeps the others.
grain: [edition_id, revision]
by_edition: alone
*/
select
    edition_id,
    revision,
    is_current,
    source_kind,
    document_date,
    tables_held,
    price_base_year,
    source_file,
    source_sha256,
    cells_sha256
from source_revision
