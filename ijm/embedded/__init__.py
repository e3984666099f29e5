"""The database, the broker and the supervisor that need no installation."""
