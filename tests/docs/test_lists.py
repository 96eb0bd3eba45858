"""The pages of docs/ that come from the code say what it says, and their command tells when they do not."""

import re
import shutil

import pytest

from pipelines.docs import picture
from pipelines.docs.command import DOCS, main, pages, stale


@pytest.fixture
def docs(tmp_path):
    """Return a copy of docs/ to spoil."""
    return shutil.copytree(DOCS, tmp_path / "docs")


def test_no_list_is_stale():
    assert stale() == [], "write them anew: python -m pipelines.docs"


@pytest.mark.parametrize("name", pages())
def test_a_stale_list_is_told_and_written_anew(docs, name, capsys):
    right = (docs / name).read_text(encoding="utf-8")
    (docs / name).write_text(right.replace("# ", "# Old ", 1), encoding="utf-8")
    assert main(["--check"], docs) == 1
    assert f"docs/{name}" in capsys.readouterr().err
    assert main([], docs) == 0 and (docs / name).read_text(encoding="utf-8") == right
    assert main(["--check"], docs) == 0


def test_a_missing_list_is_stale(docs):
    (docs / "tables.md").unlink()
    assert stale(docs) == ["tables.md"]


def test_every_table_column_and_option_is_listed(project):
    from typer.main import get_command

    from pipelines.cli import app

    tables, commands = pages()["tables.md"], pages()["commands.md"]
    for name in [
        *project.published(),
        *(view for view in project.views if not view.startswith("latest_") and not view.endswith("_known")),
    ]:
        section = re.search(rf"^### {name}\n(.*?)(?=^#)", tables + "\n#", re.M | re.S)
        contract = (project.models.get(name) or project.views[name]).contract
        assert section, name
        listed = re.findall(r"^\| \**`(\w+)`", section[1], re.M)
        assert listed == [column.name for column in contract.columns], name
        assert all(column.description in section[1] for column in contract.columns)
    for name, command in get_command(app).commands.items():
        section = re.search(rf"^## {name}\n(.*?)(?=^## )", commands + "\n## ", re.M | re.S)[1]
        options = [word for p in command.params for word in p.opts if word.startswith("--") and word != "--help"]
        assert [option for option in options if f"`{option}`" not in section] == [], name


def test_every_setting_is_listed():
    from pipelines.settings import Alerts, Settings

    text = pages()["settings.md"]
    for settings in (Settings, Alerts):
        for variable, name in settings.variables().items():
            assert f"| `{variable}` |" in text and settings.model_fields[name].description in text


def test_every_audit_is_listed(project):
    text = pages()["checks.md"]
    assert [name for name, audit in project.audits.items() if f"### {name}\n\n{audit.description}" not in text] == []


def test_lists_do_not_depend_on_the_machine(monkeypatch, tmp_path):
    before = pages()
    monkeypatch.setenv("BURDENSHARE_WAREHOUSE", str(tmp_path))
    monkeypatch.setenv("BURDENSHARE_UI_PORT", "4000")
    monkeypatch.setenv("COLUMNS", "40")
    assert pages() == before and not any(str(DOCS.parent) in text for text in before.values())


def test_the_picture_shows_the_release(settings, release):
    drawn = picture.draw(settings)
    assert drawn == (DOCS / picture.NAME).read_text(encoding="utf-8"), "python -m pipelines.docs --examples"
    counts = release.execute("select allies_at_2_pct from edition_headline where year = 2024 order by published_on")
    shown = re.findall(r"class='figure'>(\d+)<", drawn)
    assert sorted(map(int, shown)) == sorted(count for (count,) in counts.fetchall())
    assert all(f"{edition}<" in drawn for edition in ("June 2019", "June 2024", "August 2025", "July 2026"))
