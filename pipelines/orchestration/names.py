"""Name what is known of Dagster by name and by time, for whoever reads it with Dagster or without."""

EVERYTHING, NIGHTLY = "everything", "nightly"
ARCHIVE, RELEASE, REPORT = "archive", "release", "report"
# What the archive's step judges.
REFUSED, WEB, SOUND = "no_file_is_refused", "the_web_answers", "nothing_is_damaged"
# The daemons without which no night comes; each beats every half minute. Dagster has no list of what it needs.
DAEMONS = ("SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR")
# Dagster's own judgement of a daemon waits for half an hour.
HEARTBEAT_S = 120
# Several sensors look every half minute; a run that holds the machine may delay them.
LOOK_S = 300
