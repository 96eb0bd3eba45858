"""A report that is soon written, for tests that are not about its pages."""

from __future__ import annotations

import pytest

from pipelines.report import pages
from pipelines.report.pages import data


@pytest.fixture
def few_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever writes the report find one kind of page alone."""
    monkeypatch.setattr(pages, "kinds", lambda: [data])
