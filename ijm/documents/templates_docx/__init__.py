"""Word templates of the letters, and the script that made them."""
