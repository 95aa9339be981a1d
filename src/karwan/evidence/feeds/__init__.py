"""Feeds: what others publish, read into rows that are proposed and that a person accepts."""
