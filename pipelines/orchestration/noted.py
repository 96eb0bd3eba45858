"""Put on Dagster's record what people did without a run, so that its pages tell the truth: events of an asset."""

from __future__ import annotations

import dagster as dg

from ..settings import Settings
from . import private
from .assets import RELEASE
from .code import release_code, report_code
from .instance import open_instance
from .report import REPORT


def note_rollback(settings: Settings, release_id: str, left: str | None, reason: str | None) -> None:
    """Note that readers see an earlier release again; raises `ValueError` where there is no record to write to."""
    told: private.Metadata = {"release": release_id, "rolled back from": left or "none", "reason": reason or ""}
    folder = dg.MetadataValue.path(str(settings.releases / release_id))
    _note(settings, RELEASE, told | {"folder": folder}, release_id, release_code(settings))


def note_report(settings: Settings, release_id: str, pages: int) -> None:
    """Note that the site was written by hand; raises `ValueError` where there is no record to write to."""
    folder = dg.MetadataValue.path(str(settings.report))
    _note(settings, REPORT, {"release": release_id, "pages": pages, "folder": folder}, release_id, report_code())


def _note(settings: Settings, asset: str, metadata: private.Metadata, data_version: str, code_version: str) -> None:
    with open_instance(settings) as instance:
        instance.report_runless_asset_event(private.materialized(asset, metadata, data_version, code_version))
