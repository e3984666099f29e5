"""The base: what all four wings stand on."""
