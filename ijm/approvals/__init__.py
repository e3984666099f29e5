"""What needs two people: one asks, another decides; once for the whole house."""
