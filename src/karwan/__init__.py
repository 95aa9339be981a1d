"""Freight corridors between Central and South Asia: time, cost, security, from cited evidence."""

__version__ = "0.1.0"
