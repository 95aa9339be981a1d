"""What is asked again and again, and what is told when the answer is another."""
