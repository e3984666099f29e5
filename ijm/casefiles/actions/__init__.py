"""Places on files that are ended by hand."""
