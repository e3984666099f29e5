"""What people do with records that come in and go out."""
