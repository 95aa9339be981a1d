"""State graph, routing weight, router and time-cost-distance table."""
