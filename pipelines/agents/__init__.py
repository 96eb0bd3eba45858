"""The front door for agents: a release over the Model Context Protocol, in which no figure comes without its edition.

Belongs here: the tools, what they take, and what each answer carries. Does not: how a figure is found, explained or
judged, which lies in `reading`. Only `server` knows the protocol's library, which is an extra.
"""
