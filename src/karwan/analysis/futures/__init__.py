"""Corridors over many futures: reliability, exact chances, what-if, chokepoints."""
