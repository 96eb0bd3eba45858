"""The file of a release in the DuckDB of others: opened, attached under a name, and after USE."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pipelines.models.as_of import can_be_dated, short_name
from pipelines.releases.names import DATABASE

# The oldest that opens the file, the first whose views answer when attached, and the newest of that line.
CLIENTS = ("1.1.3", "1.4.1", "1.4.*")
READ = """
import duckdb, json, sys
path, names = sys.argv[1], json.loads(sys.argv[2])
day = "2025-12-31"
forms = {
    "table": "from {0}fct_{1}",
    "latest": "from {0}latest_{1}",
    "known": "from {0}{1}_known where known_from <= date '" + day + "' and date '" + day + "' < known_until",
    "macro": "from {0}{1}_as_of('" + day + "')",
}

def ask(connection, prefix):
    answers = {}
    for form, query in forms.items():
        answers[form] = []
        for name in names:
            try:
                rows = connection.execute("select count(*) " + query.format(prefix, name)).fetchone()[0]
            except duckdb.Error as error:
                rows = str(error).splitlines()[0]
            answers[form].append(rows)
    return answers

opened = duckdb.connect(path, read_only=True)
found = {"opened": ask(opened, "")}
opened.close()
session = duckdb.connect()
session.execute(f"attach '{path}' as somewhere (read_only)")
found["attached"] = ask(session, "somewhere.")
session.execute("use somewhere")
found["used"] = ask(session, "")
print(json.dumps(found))
"""


@pytest.fixture(scope="module", params=CLIENTS)
def answers(request, tmp_path_factory, settings, report, project) -> tuple[str, dict]:
    """Ask a DuckDB of this version, installed apart, for the rows of every fact in every form."""
    home = tmp_path_factory.mktemp("client")
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    python = home / "bin" / "python"
    wanted = f"duckdb=={request.param}"
    installed = subprocess.run([python, "-m", "pip", "install", "-q", wanted], capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"{wanted} could not be installed here")
    names = [short_name(model.name) for model in project.models.values() if can_be_dated(model)]
    path = settings.current.resolve() / DATABASE
    found = subprocess.run([python, "-c", READ, path, json.dumps(names)], capture_output=True, text=True, check=True)
    return request.param, json.loads(found.stdout)


def test_opened_or_after_use_everything_answers(answers, release):
    _, found = answers
    for way in ("opened", "used"):
        assert all(isinstance(rows, int) for form in found[way].values() for rows in form), found[way]
        # The macro is the short form of the spans.
        assert found[way]["macro"] == found[way]["known"] and sum(found[way]["known"]) > 0


def test_attached_under_a_name_tables_answer_and_views_from_1_4_1_on(answers):
    version, found = answers
    assert found["attached"]["table"] == found["opened"]["table"]
    if version != "1.1.3":
        assert found["attached"]["latest"] == found["opened"]["latest"]
        assert found["attached"]["known"] == found["opened"]["known"]
