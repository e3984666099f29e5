"""Figures for the outside world, and the exchange of case data in the formats of the field."""
