"""What may be done in this wing."""
