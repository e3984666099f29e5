"""Asking, deciding, destroying; placing and lifting holds."""
