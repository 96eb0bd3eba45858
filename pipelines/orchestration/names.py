"""Name what is known of Dagster by name and by time, for whoever reads it with Dagster or without."""

EVERYTHING, NIGHTLY = "everything", "nightly"
# The sensors: of files that come and go, and of runs that end.
FILES, RUNS = "files", "runs"
ARCHIVE, RELEASE, REPORT = "archive", "release", "report"
# What the archive's step judges.
REFUSED, WEB, SOUND, PUNCTUAL = "no_file_is_refused", "the_web_answers", "nothing_is_damaged", "no_edition_is_overdue"
# The daemons without which no night comes; each beats every half minute. Dagster has no list of what it needs.
DAEMONS = ("SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR")
# Dagster's own judgement of a daemon waits for half an hour.
HEARTBEAT_S = 120
# The sensor of files looks every half minute; a run that holds the machine may delay it.
LOOK_S = 300
