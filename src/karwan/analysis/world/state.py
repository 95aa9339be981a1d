"""The states of the world that a question may be asked in."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What is shut: as last known, or nothing but what seasons and rules shut."""

    last_known = "last-known"
    all_open = "all-open"
