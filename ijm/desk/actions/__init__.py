"""What people do at their desk."""
