"""Understand English sentences about the tables, by rules on a vocabulary of our own: no network, no model."""
