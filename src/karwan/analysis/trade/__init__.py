"""Trade between two countries, its targets, and whether they will be met."""
