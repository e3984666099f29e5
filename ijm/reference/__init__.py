"""Code lists and facts that the office looks up and never edits while it works: places, courts, law."""
