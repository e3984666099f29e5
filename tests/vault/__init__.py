"""What an attacker does to sealed values, keys and files, and what must come of it."""
