"""Budgets: how much one person may open and take along, what happens at the end of it, and the switch that stops everything."""
