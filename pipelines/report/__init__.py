"""What people look at: a static site of pages and charts, written from one release.

Belongs here: choosing what to show, wording it, drawing it. Does not: computing figures. Every figure
on a page is a cell of the release and names the cell, so that the page can say where it comes from
and a test can compare it with SQL.

    release.py   asks the release
    content.py   what a page is made of: figures, tables, charts, choices
    wording.py   how figures are written
    charts.py    how charts are drawn (Vega-Lite through altair)
    origins.py   where figures come from: formulas and source cells
    pages/       one module for each kind of page
    site.py      writes everything aside and swaps it in
"""
