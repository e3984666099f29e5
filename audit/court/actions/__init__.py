"""What is done with packages for a court."""
