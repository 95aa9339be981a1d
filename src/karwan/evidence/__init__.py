"""Dated records of what was shut, when, and how that is known."""
