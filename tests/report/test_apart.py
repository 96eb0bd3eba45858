"""A page keeps the variants of its first edition; those of others lie in a file for each, and nothing is lost."""

import re

from pipelines.report.apart import FOLDER, put_together, take_apart, write_apart

PAGE = """<p>before</p>
<div class="choice" data-axes="edition year" data-now="new 2026">
<div class="live"><div>first</div></div>
<template data-key="new 2025"><p>ours</p></template>
<template data-key="old 2019"><div>"theirs"</div></template>
</div>
<div class="choice" data-axes="year" data-now="2026">
<div class="live">all</div>
<template data-key="2025">no edition</template>
</div>
<div class="choice" data-axes="edition" data-now="new">
<div class="live">now</div>
<template data-key="old">then</template>
</div>
"""


def test_only_variants_of_other_editions_leave_the_page(tmp_path):
    first, others = take_apart(PAGE)
    assert re.findall('data-key="([^"]*)"', first) == ["new 2025", "2025"]
    assert others == {"old": [(0, "old 2019", '<div>"theirs"</div>'), (2, "old", "then")]}


def test_with_its_files_a_page_is_whole_again(tmp_path):
    first, others = take_apart(PAGE)
    (tmp_path / "page.html").write_text(first, encoding="utf-8")
    write_apart(tmp_path, "page.html", others)
    assert (tmp_path / FOLDER / "page" / "old.js").is_file()
    whole = put_together(tmp_path, "page.html")
    # An added edition stands before the page's own variants; all the rest is as it was.
    assert sorted(whole.splitlines()) == sorted(PAGE.splitlines())


def test_pages_hold_one_edition_and_name_the_files_of_the_others(site):
    held = {path.stem for path in (site.path / FOLDER / "growth").glob("*.js")}
    html = (site.path / "growth.html").read_text(encoding="utf-8")
    newest = re.search('data-axis="edition" data-default="([^"]+)"', html)[1]
    options = set(re.findall('<option value="(nato-[^"]+)"', html))
    assert len(options) > 1 and held == options - {newest}
    assert not any(f'<template data-key="{other}' in html for other in held)
