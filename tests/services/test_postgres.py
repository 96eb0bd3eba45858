"""Runs, schedules and events live in PostgreSQL where the settings ask for it, and nowhere else."""

from __future__ import annotations

import json

from tests.services.programs import Programs


def test_runs_are_kept_in_the_database(postgres, tmp_path):
    programs = Programs(
        tmp_path / "log.txt",
        {"BURDENSHARE_WAREHOUSE": str(tmp_path / "warehouse"), "BURDENSHARE_POSTGRES_URL": postgres},
    )
    built = programs.run("build")
    assert built.returncode == 0, built.stdout + built.stderr
    found = json.loads(programs.run("status", "--no-daemon", "--json").stdout)
    assert found["is_well"] and found["last_run"]["result"] == "succeeded"

    import psycopg2

    with psycopg2.connect(postgres) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from runs where run_id = %s", (found["last_run"]["id"],))
        assert cursor.fetchone() == (1,)
        cursor.execute("select count(*) from event_logs where run_id = %s", (found["last_run"]["id"],))
        assert cursor.fetchone()[0] > 100
    home = programs.settings.dagster_home
    assert not list(home.rglob("*.db")) and postgres not in (home / "dagster.yaml").read_text(encoding="utf-8")
