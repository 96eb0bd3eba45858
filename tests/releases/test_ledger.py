"""What a process remembers of the ledger that it wrote is what any other reads."""

from pipelines.files import ledger


def test_what_was_written_is_remembered_as_it_would_be_read(tmp_path):
    (tmp_path / "file").write_text("content")
    for name in ("later", "earlier"):
        with ledger.updating(tmp_path) as changed:
            changed.tables[name] = ledger.describe_file(
                tmp_path / "file", rows=1, fingerprint="f", made_from={"a": "b"}
            )
            changed.checks[name] = ledger.checked("s", (ledger.CheckEntry("c", "d", True, 0, "m"),))
    remembered = ledger.read_ledger(tmp_path)
    ledger._KEPT.clear()
    read = ledger.read_ledger(tmp_path)
    assert read == remembered and list(read.tables) == list(remembered.tables) == ["earlier", "later"]


def test_what_another_wrote_meanwhile_is_read(tmp_path):
    (tmp_path / "file").write_text("content")
    with ledger.updating(tmp_path) as changed:
        changed.tables["table"] = ledger.describe_file(tmp_path / "file")
    text = (tmp_path / ledger.LEDGER).read_text()
    assert list(ledger.read_ledger(tmp_path).tables) == ["table"]
    (tmp_path / ledger.LEDGER).write_text(text.replace("table", "other"))
    assert ledger.read_ledger(tmp_path).is_damaged
    (tmp_path / ledger.LEDGER).write_text(text)
    assert list(ledger.read_ledger(tmp_path).tables) == ["table"]
