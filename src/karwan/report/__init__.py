"""Figures, the map and the one-file page."""
