"""Runs, schedules and events live in PostgreSQL where the settings ask for it, and nowhere else."""

from __future__ import annotations

import json

from tests.services.conftest import natos_site
from tests.services.programs import Programs


def test_builds_and_the_daemon_keep_what_they_know_in_the_database(postgres, settings, tmp_path):
    nato = natos_site(settings, tmp_path)
    programs = Programs(
        tmp_path / "log.txt",
        {
            "BURDENSHARE_WAREHOUSE": str(tmp_path / "warehouse"),
            "BURDENSHARE_POSTGRES_URL": postgres,
            "BURDENSHARE_TOPIC_PAGE": nato.url,
            "BURDENSHARE_ALLOW_LOOPBACK": "1",
        },
    )
    built = programs.run("build", "--fetch")
    assert built.returncode == 0, built.stdout + built.stderr
    found = json.loads(programs.run("status", "--no-daemon", "--json").stdout)
    assert found["is_well"] and found["last_run"]["result"] == "succeeded"
    programs.start("daemon")
    try:
        # All is well only while the daemon's heartbeats arrive, and they can arrive in the database alone.
        programs.wait(lambda: programs.run("status").returncode == 0, "the daemon's heartbeats did not arrive")
    finally:
        programs.stop()
        nato.server.shutdown()

    import psycopg2

    with psycopg2.connect(postgres) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from runs where run_id = %s", (found["last_run"]["id"],))
        assert cursor.fetchone() == (1,)
        cursor.execute("select count(*) from event_logs where run_id = %s", (found["last_run"]["id"],))
        assert cursor.fetchone()[0] > 100
        cursor.execute("select count(*) from instigators")
        assert cursor.fetchone()[0] > 0
    home = programs.settings.dagster_home
    assert not list(home.rglob("*.db")) and postgres not in (home / "dagster.yaml").read_text(encoding="utf-8")
