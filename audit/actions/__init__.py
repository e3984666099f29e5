"""What the auditor does: judging flags, keeping questions."""
