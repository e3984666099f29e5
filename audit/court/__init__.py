"""Packages for a court: events, history and proofs in one bag, with what checks them."""
