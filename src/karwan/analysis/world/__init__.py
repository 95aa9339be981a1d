"""The world on a date: what was asked, what is shut for whom, and what is known of it."""
