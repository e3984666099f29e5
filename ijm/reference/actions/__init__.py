"""What is done with the lists."""
