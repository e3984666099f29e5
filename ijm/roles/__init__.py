"""Roles as one table, decisions as one value."""
