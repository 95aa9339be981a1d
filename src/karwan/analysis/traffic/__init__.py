"""What crossings can pass, and what passes them."""
