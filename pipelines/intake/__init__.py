"""HOW a file gets in: identified, judged, archived - or refused with a report. Names no publisher.

What belongs here: the inbox, the web, and the decision whether a workbook is taken. What does not:
how a workbook is read (sources) and what its figures must obey (the audits in sql/).
"""
