"""What to do about a crossing that is shut: its queue, and whether to wait or to divert."""
