"""What people do in this wing."""
