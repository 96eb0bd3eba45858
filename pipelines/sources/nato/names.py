"""Name once the publisher, its data set, and the group of its members in `memberships.csv`."""

PUBLISHER_ID = "nato"
DATASET = "def-exp"
ALLIANCE = "NATO"
