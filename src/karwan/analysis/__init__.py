"""Where network and evidence meet: the world on a date, corridors, comparison."""
