"""What Dagster does not promise to keep is used in one file, and what need not be imported is not."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._annotations import is_public

from pipelines.settings import PROJECT

ROOM = PROJECT / "pipelines"
PRIVATE = {ROOM / "orchestration" / name for name in ("event_log.py", "private.py", "storage.py")}
# Documented keys of metadata, which Dagster's pages show; all others with its name in front are its own tags.
DOCUMENTED = {"dagster/row_count", "dagster/column_schema", "dagster/column_lineage"}
# What an instance and an event can do beyond what Dagster's reference lists.
HIDDEN = {
    name
    for name in dir(dg.DagsterInstance)
    if not name.startswith("_") and not is_public(getattr(dg.DagsterInstance, name))
} - {"run_id", "type", "info"}


def private_uses(source: str) -> list[str]:
    """List what a module uses of Dagster's private side."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if re.match(r"dagster\w*\._|dagster_shared", alias.name)]
        elif isinstance(node, ast.ImportFrom) and re.match(r"dagster\w*\._|dagster_shared", node.module or ""):
            found.append(str(node.module))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.match(r"\.?dagster/\w+$|dagster\._", node.value) and node.value not in DOCUMENTED:
                found.append(node.value)
        elif isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            of_instance = re.search(r"(^|\.)instance$|^dg\.DagsterInstance$", owner) and node.attr in HIDDEN
            if of_instance or (re.match(r"dg\b", owner) and node.attr.startswith("_")):
                found.append(f"{owner}.{node.attr}")
    return found


@pytest.mark.parametrize(
    "source",
    [
        "from dagster._core.events import EngineEventData",
        "import dagster._daemon",
        "program = ['dagster._daemon', 'run']",
        "tags = {'.dagster/repository': name}",
        "tags.get('dagster/will_retry')",
        "instance.event_log_storage.wipe()",
        "context.instance.all_logs(run_id)",
        "dg.DagsterInstance.from_config(home)",
        "dg._private",
    ],
)
def test_a_private_use_is_seen(source):
    assert len(private_uses(source)) == 1


def test_dagsters_private_side_is_used_in_three_files():
    found = {
        str(path.relative_to(PROJECT)): uses
        for path in ROOM.rglob("*.py")
        if path not in PRIVATE and (uses := private_uses(path.read_text(encoding="utf-8")))
    }
    assert found == {}
    assert all(private_uses(path.read_text(encoding="utf-8")) for path in PRIVATE)


@pytest.mark.parametrize("path", sorted(PRIVATE), ids=lambda path: path.name)
def test_each_private_use_says_why(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert public and [node.name for node in public if not ast.get_docstring(node)] == []


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("pipelines.definitions", {"altair", "vl_convert"}),
        ("pipelines.alerts.tell", {"dagster", "pandas", "duckdb"}),
        ("pipelines.settings", {"dagster", "pandas", "duckdb", "httpx"}),
    ],
)
def test_what_is_not_needed_is_not_imported(module: str, unwanted: set[str]):
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(PROJECT), capture_output=True, text=True, check=True, timeout=120
    )
    assert set(done.stdout.split()) & unwanted == set()


def test_orchestration_names_no_publisher():
    named = [
        f"{path.name}: {line.strip()}"
        for path in (ROOM / "orchestration").glob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\bNATO\b", line, re.I)
    ]
    assert named == []
