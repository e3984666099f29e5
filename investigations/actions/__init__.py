"""The verbs of the wing."""
