"""What the auditor fills in."""
