"""A workspace in memory: the rows and refusals of the program, without a database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from karwan.evidence.own_record import OwnRecord
from karwan.evidence.records import (
    NewClosure,
    NewEnd,
    NewSighting,
    Withdrawal,
    checked_closure,
    checked_sighting,
    end_row,
    withdrawal_row,
)


class Memory:
    """Rows by table, each numbered as the database numbers them."""

    def __init__(self, who: str, when: str, today: dt.date) -> None:
        self.who, self.when, self.today = who, when, today
        self.own = OwnRecord()

    def add(self, new: NewClosure | NewSighting | NewEnd | Withdrawal) -> str:
        """Add a row and return its id; refuse it as the program does."""
        own = self.own
        stamp: dict[str, Any] = {"who": self.who, "when": self.when, "today": self.today}
        if isinstance(new, NewClosure):
            shut = replace(
                checked_closure(own, new, (), **stamp), id=f"W{len(own.closures) + 1:04d}"
            )
            self.own = replace(own, closures=(*own.closures, shut))
            return shut.id
        if isinstance(new, NewSighting):
            seen = replace(checked_sighting(own, new, (), **stamp),
                           id=f"S{len(own.sightings) + 1:04d}")  # fmt: skip
            self.own = replace(own, sightings=(*own.sightings, seen))
            return seen.id
        if isinstance(new, NewEnd):
            end = replace(end_row(own, new, (), **stamp), id=f"E{len(own.closure_ends) + 1:04d}")
            self.own = replace(own, closure_ends=(*own.closure_ends, end))
            return end.id
        gone = replace(withdrawal_row(own, new, **stamp), id=f"X{len(own.withdrawals) + 1:04d}")
        self.own = replace(own, withdrawals=(*own.withdrawals, gone))
        return gone.id
