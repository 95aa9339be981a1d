"""How often things stay open and what is likely: closures, incidents, and their scores."""
