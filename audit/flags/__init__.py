"""Flags: what the log shows of a day that deserves a second look."""
