"""WHOM to tell, and what they know: incidents in words, the channels that carry them, the memory of what was told.

What belongs here: an incident, how Slack, Teams, a program or a mail server takes it, and who has heard of it.
What does not: how incidents are found (`orchestration.incidents`) and when somebody looks (`orchestration.sensors`).
Nothing here knows Dagster.
"""
