"""What people fill in to bring records in or take them out."""
