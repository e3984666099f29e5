"""The pages of erasures and holds."""
