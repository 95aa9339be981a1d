"""How often things shut, how many at once, and for how long."""
