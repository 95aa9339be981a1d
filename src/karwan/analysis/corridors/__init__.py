"""Which way, how long, how much: routes, corridors and their comparison."""
