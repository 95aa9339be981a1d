"""Duty officers who add, see, end and withdraw: one state, whatever the order of entry.

A sequence is entered row by row by the program's own rules, which refuse what cannot be. What was
taken is entered again in another order, between the same withdrawals: all of it must be taken
again, and the record must come to the same state on every date, but for the numbers of rows. One
sequence in twenty is entered into workspaces on the disk, the others into rows in memory.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from karwan.base.errors import DataError, UnknownNameError
from karwan.evidence.closures import ClosureRecord, Told
from karwan.evidence.own_record import OwnRecord, list_records
from karwan.evidence.records import (
    CAUSES,
    NewClosure,
    NewEnd,
    NewSighting,
    Withdrawal,
    add_closure,
    add_sighting,
    end_closure,
    withdraw,
)
from karwan.evidence.sightings import STATES
from karwan.evidence.spells import Spell
from tests.fuzz.memory import Memory

TODAY = dt.date(2026, 11, 26)
FIRST = dt.date(2026, 9, 20)
SPAN_DAYS = 60
WHO: dict[str, Any] = {"who": "d", "when": "2026-11-26T00:00:00+00:00", "today": TODAY}
GATE, LINE = "torkham-road", "salang-road"
MOST_ACTS = 9


@dataclass(frozen=True, slots=True)
class Act:
    """One entry: a row, or the number of the entry that is ended or withdrawn, with its rest."""

    row: NewClosure | NewSighting | NewEnd | Withdrawal
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Entries in order, and the random numbers by which the other order is drawn."""

    acts: tuple[Act, ...]
    seed: int
    on_disk: bool


class Desks:
    """Sequences of entries; each entered twice, in two orders."""

    name = "desks"
    long_count = 10_000
    slice_count = 12

    def draw(self, rng: random.Random, number: int) -> Desk:
        """Return a sequence, short and long in turn."""
        acts: list[Act] = []
        for _ in range(2 + number % MOST_ACTS):
            acts.append(_act(rng, acts))
        return Desk(tuple(acts), rng.getrandbits(32), number % 20 == 0)

    def check(self, case: Desk, folder: Path) -> list[str]:
        """Return what differs: a row refused in one order only, or another state."""
        first, one, taken = _enter(_store(folder / "one", case), case.acts, range(len(case.acts)))
        order = _other_order(case, taken)
        second, two, again = _enter(_store(folder / "two", case), case.acts, order)
        if set(taken) != set(again):
            refused = sorted(set(taken) - set(again))
            return [f"taken in the order {taken} and refused in {order}: {refused}"]
        for n in range(-1, SPAN_DAYS + 8, 3):
            day = FIRST + dt.timedelta(days=n)
            told, other = _state(one, first, day), _state(two, second, day)
            if told != other:
                return [f"as of {day}: entered as {taken} it is {told}, as {again} it is {other}"]
        return []

    def describe(self, case: Desk) -> str:
        """Return the entries."""
        return f"{case!r:.4000}"


def _act(rng: random.Random, before: Sequence[Act]) -> Act:
    day = FIRST + dt.timedelta(days=rng.randrange(SPAN_DAYS))
    last = min(day + dt.timedelta(days=rng.choice((0, 1, 3, 10))), TODAY)
    told = {"note": rng.choice(("", "n")), "source_url": f"u{rng.getrandbits(30)}",
            "source_date": str(last), "grade": rng.choice("AB")}  # fmt: skip
    shuts = [n for n, act in enumerate(before) if isinstance(act.row, NewClosure)]
    stated = [n for n, act in enumerate(before) if not isinstance(act.row, Withdrawal)]
    how = rng.random()
    if how < 0.15 and shuts:
        return Act(NewEnd(closure_id="", end=str(day), **told), rng.choice(shuts))
    if how < 0.3 and stated:
        on = rng.choice(("", str(day)))
        return Act(Withdrawal("", on, "wrong"), rng.choice(stated))
    element = rng.choice((GATE, GATE, GATE, LINE))
    way = rng.choice(("both", "both", "a_to_b")) if element == GATE else "both"
    if how < 0.6:
        ended = rng.random() < 0.4
        return Act(NewClosure(
            element_id=element, mode="road", start=str(day), end=str(last) if ended else "",
            end_status="observed" if ended else rng.choice(("ongoing", "unknown")),
            seen_until="", traffic_class=rng.choice(("all", "cargo", "pedestrian")),
            direction=way, cause=rng.choice(CAUSES), episode=rng.choice(("", "", "one")), **told,
        ))  # fmt: skip
    state = rng.choice(STATES)
    traffic = rng.choice(("all", "all", "cargo")) if state != "persons-only" else "all"
    return Act(NewSighting(
        element_id=element, mode="road", day=str(day), state=state, traffic_class=traffic,
        direction=way, sided=element == GATE, **told,
    ))  # fmt: skip


class Disk:
    """A workspace in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def own(self) -> OwnRecord:
        """Its rows."""
        return list_records(self.folder)

    def add(self, row: NewClosure | NewSighting | NewEnd | Withdrawal) -> str:
        """Add a row and return its id."""
        if isinstance(row, NewClosure):
            return add_closure(self.folder, row, **WHO)
        if isinstance(row, NewSighting):
            return add_sighting(self.folder, row, **WHO)
        if isinstance(row, NewEnd):
            return end_closure(self.folder, row, **WHO)
        return withdraw(self.folder, row, **WHO)


def _store(folder: Path, case: Desk) -> Disk | Memory:
    return Disk(folder) if case.on_disk else Memory(**WHO)


def _enter(
    store: Disk | Memory, acts: Sequence[Act], order: Sequence[int]
) -> tuple[dict[str, int], OwnRecord, list[int]]:
    """Enter acts in an order; return the number of the act by its row's id, rows, those taken."""
    numbers: dict[int, str] = {}
    taken: list[int] = []
    for part in _parts(acts, order):
        left, waiting = list(part), -1
        while left and len(left) != waiting:  # who is refused says first what explains it
            waiting = len(left)
            for n in tuple(left):
                act = acts[n]
                if act.of is not None and act.of not in numbers:
                    continue  # what it is about was refused
                try:
                    numbers[n] = store.add(_named(act, numbers))
                except (DataError, UnknownNameError):
                    continue
                taken.append(n)
                left.remove(n)
    return {ident: n for n, ident in numbers.items()}, store.own, taken


def _parts(acts: Sequence[Act], order: Sequence[int]) -> list[list[int]]:
    """Return an order cut before and after each withdrawal."""
    parts: list[list[int]] = [[]]
    for n in order:
        if isinstance(acts[n].row, Withdrawal):
            parts += [[n], []]
        else:
            parts[-1].append(n)
    return parts


def _named(act: Act, numbers: dict[int, str]) -> NewClosure | NewSighting | NewEnd | Withdrawal:
    if isinstance(act.row, NewEnd) and act.of is not None:
        return replace(act.row, closure_id=numbers[act.of])
    if isinstance(act.row, Withdrawal) and act.of is not None:
        return replace(act.row, record_id=numbers[act.of])
    return act.row


def _other_order(case: Desk, taken: Sequence[int]) -> list[int]:
    """Return what was taken in another order: shuffled between withdrawals, ends after closures."""
    rng = random.Random(case.seed)
    order: list[int] = []
    for part in _parts(case.acts, taken):
        rng.shuffle(part)
        ends = {n: case.acts[n].of for n in part if isinstance(case.acts[n].row, NewEnd)}
        shut = [n for n in part if n in ends.values()]
        for n in sorted(shut, key=lambda n: bool(getattr(case.acts[n].row, "end", ""))):
            # refused beside others until its end is given, or mended
            order += [n, *(end for end, one in ends.items() if one == n)]
        order += [n for n in part if n not in order]
    return order


def _state(own: OwnRecord, numbers: dict[str, int], day: dt.date) -> list[tuple[object, ...]]:
    """Return the record as of a day, its rows named by the number of their act."""
    record = ClosureRecord(spells=(), told=Told((), own)).known(day)

    def name(ident: str) -> str:
        return str(numbers.get(ident, ident))

    def named(spell: Spell) -> Spell:
        also = tuple(sorted(map(name, spell.also)))
        return replace(
            spell, closure_id=name(spell.closure_id), episode=name(spell.episode), also=also
        )

    spells = {
        "joined": record.joined,
        "hazard": record.hazard_spells,
        **{f"running {one}": mine for one, mine in record.running(day).items()},
    }
    return sorted((of, repr(named(spell))) for of, mine in spells.items() for spell in mine)
