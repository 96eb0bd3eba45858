"""The command line's room: one module for each command, and a quick start."""

import pkgutil
import subprocess
import sys

from pipelines import cli

# What several commands share, and what puts them together.
SHARED = {"__main__", "app", "opening", "output", "statements"}


def test_each_command_has_a_module_named_like_it():
    commands = {command.callback for command in cli.app.registered_commands}
    assert {command.__module__ for command in commands} == {f"pipelines.cli.{c.__name__}" for c in commands}
    modules = {module.name for module in pkgutil.iter_modules(cli.__path__)}
    assert modules == {command.__name__ for command in commands} | SHARED


def test_help_waits_for_nothing_that_is_slow_to_import():
    slow = "pandas", "pyarrow", "duckdb", "dagster", "sqlglot", "altair", "openpyxl"
    code = f"import sys, pipelines.cli; print([name for name in {slow!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
