"""The pages of the wing."""
