"""A page is one module and one template: it registers itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from pipelines.settings import PROJECT

MODULE = '''"""Hello: a page of a test's own."""

from __future__ import annotations

from ..content import Link, Page
from ..release import Release

NAVIGATION = Link(15, "Hello", "hello.html")


def pages(release: Release) -> list[Page]:
    """Make the page."""
    return [Page("hello.html", "hello.html", "Hello, Alliance", "A page.", NAVIGATION)]
'''
TEMPLATE = '{% extends "base.html" %}{% block content %}<p>{{ page.summary }}</p>{% endblock %}\n'


def test_a_page_is_two_files(settings, report, tmp_path):
    copied = shutil.copytree(
        PROJECT / "pipelines", tmp_path / "project" / "pipelines", ignore=shutil.ignore_patterns("__pycache__")
    )
    (copied / "report" / "pages" / "hello.py").write_text(MODULE, encoding="utf-8")
    (copied / "report" / "templates" / "hello.html").write_text(TEMPLATE, encoding="utf-8")
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "report", "--output", site],
        cwd=copied.parent,
        env=os.environ | {"BURDENSHARE_WAREHOUSE": str(settings.warehouse), "PYTHONPATH": str(copied.parent)},
        check=True,
        capture_output=True,
    )
    front = (site / "index.html").read_text(encoding="utf-8")
    growth, hello, targets = (
        front.index(f'href="{name}.html" data-keep>') for name in ("growth", "hello", "compliance")
    )
    assert growth < hello < targets
    written = (site / "hello.html").read_text(encoding="utf-8")
    assert "<h1>Hello, Alliance</h1>" in written and 'href="hello.html" data-keep aria-current="page"' in written
