"""What people write down in this wing."""
