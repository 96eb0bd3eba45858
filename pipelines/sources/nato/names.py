"""Name the publisher and its data set once, for whatever in this package marks figures as theirs."""

PUBLISHER_ID = "nato"
DATASET = "def-exp"
